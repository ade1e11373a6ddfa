// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.e2b;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Where E2B is, and what a worker's sandboxes there are under.
 *
 * @param api such as {@code https://api.e2b.app}
 * @param sandboxes where the daemon inside a sandbox answers, {@code {id}} standing for the sandbox's: {@code https://49983-{id}.e2b.app}
 * @param gateway this platform's public address, for what asks models in there; null: it reaches none of this platform
 * @param pending how long a template may take to be made of an image
 * @param sockets a folder of this worker's own
 * @param installation the same for all that can tell by {@code lives} whether they are there
 * @param owner this worker, as its sandboxes name it
 * @param lives whether an owner of this installation is there
 */
public record E2bSettings(
        URI api, String sandboxes, @Nullable URI gateway, Duration pending, Path sockets, String installation, String owner,
        Predicate<String> lives) {}
