// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.TeamId;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;
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
 * @param vendor who made it; null: whoever serves it
 */
record Model(
        ModelId id,
        @Nullable TeamId team,
        String modelName,
        @Nullable String name,
        String provider,
        String agentType,
        String upstreamModel,
        Instant createdAt,
        @Nullable String vendor,
        @Nullable Instant releasedAt) {

    /** A model that somebody entered. */
    Model(
            ModelId id, @Nullable TeamId team, String modelName, @Nullable String name, String provider, String agentType, String upstreamModel,
            Instant createdAt) {
        this(id, team, modelName, name, provider, agentType, upstreamModel, createdAt, null, null);
    }

    /** Ways to mean a model, the plainest first. Case is free. */
    static final List<BiPredicate<Model, String>> MEANINGS = List.of(
            (model, typed) -> typed.equalsIgnoreCase(model.modelName),
            (model, typed) -> typed.equalsIgnoreCase(model.id.toString()),
            (model, typed) -> typed.equalsIgnoreCase(model.name),
            (model, typed) -> typed.equalsIgnoreCase(model.lastPart()));

    String lastPart() {
        return modelName.substring(modelName.lastIndexOf('/') + 1);
    }

    /** Whether a new model would be taken for this one. */
    boolean collidesWith(String newModelName, @Nullable String newName) {
        return modelName.equalsIgnoreCase(newModelName) || name != null && newName != null && folded(name).equals(folded(newName));
    }

    private static String folded(String text) {
        return text.strip().toLowerCase(Locale.ROOT);
    }
}
