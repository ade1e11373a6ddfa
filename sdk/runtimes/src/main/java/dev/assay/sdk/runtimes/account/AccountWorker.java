// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.account;

import java.net.URI;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whose sandboxes they are, and how the platform is reached from them.
 *
 * @param installation the same for all that can tell by {@code lives} whether they are there
 * @param owner this worker, as its sandboxes name it
 * @param lives whether an owner of this installation is there
 * @param sockets a folder of this worker's own
 * @param gateway this platform's public address, for what asks models in there; null: it reaches none of this platform
 */
public record AccountWorker(String installation, String owner, Predicate<String> lives, Path sockets, @Nullable URI gateway) {}
