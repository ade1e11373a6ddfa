// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.TeamId;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A model of the catalog.
 *
 * @param team whose it is; null: everybody's
 * @param modelName the slug that agents send
 * @param name for people
 * @param provider who serves it, as the gateway's configuration spells the name
 * @param agentType the harness that drives it
 * @param upstreamModel what the provider calls it
 */
record Model(
        ModelId id,
        @Nullable TeamId team,
        String modelName,
        @Nullable String name,
        String provider,
        String agentType,
        String upstreamModel,
        Instant createdAt) {

    /** Whether people mean this model by what they typed: its id, its name, its slug, or the slug's last part. Case is free. */
    boolean answersTo(String typed) {
        return typed.equalsIgnoreCase(id.toString())
                || typed.equalsIgnoreCase(name)
                || typed.equalsIgnoreCase(modelName)
                || typed.equalsIgnoreCase(modelName.substring(modelName.lastIndexOf('/') + 1));
    }

    /** Whether a new model would be taken for this one. */
    boolean collidesWith(String newModelName, @Nullable String newName) {
        return modelName.equalsIgnoreCase(newModelName) || name != null && newName != null && folded(name).equals(folded(newName));
    }

    private static String folded(String text) {
        return text.strip().toLowerCase(Locale.ROOT);
    }
}
