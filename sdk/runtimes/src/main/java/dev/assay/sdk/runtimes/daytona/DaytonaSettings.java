// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.daytona;

import java.net.URI;
import java.time.Duration;

/**
 * Where Daytona is.
 *
 * @param api such as {@code https://app.daytona.io/api}
 * @param pending how long it may take to build an image to what it starts, and to start it
 */
public record DaytonaSettings(URI api, Duration pending) {}
