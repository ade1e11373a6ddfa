// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.e2b;

import java.net.URI;
import java.time.Duration;

/**
 * Where E2B is.
 *
 * @param api such as {@code https://api.e2b.app}
 * @param sandboxes where the daemon inside a sandbox answers, {@code {id}} standing for the sandbox's: {@code https://49983-{id}.e2b.app}
 * @param pending how long a template may take to be made of an image
 */
public record E2bSettings(URI api, String sandboxes, Duration pending) {}
