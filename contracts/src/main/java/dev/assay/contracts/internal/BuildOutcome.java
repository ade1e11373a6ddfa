// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import dev.assay.contracts.JsonNull;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * {@code POST /internal/builds/{build}/outcome}: told once, a repeat is harmless. 204, or 409.
 *
 * @param succeeded whether the environment started and answered
 * @param error one sentence for people, null if it succeeded
 * @param image that was built of the context; null: none was, it runs without
 * @param services that were built of its Compose project; null: none were
 * @param manifest as in {@link EnvironmentVersion}, null if it failed
 */
public record BuildOutcome(
        int attempt, boolean succeeded, @Nullable String error, @Nullable BuiltImage image, @Nullable BuiltServices services,
        @Nullable JsonNode manifest) {

    public BuildOutcome {
        manifest = JsonNull.absent(manifest);
    }
}
