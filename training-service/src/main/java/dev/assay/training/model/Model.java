// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.TeamId;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
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
 * @param trainer what kind of trainer has its weights; null: there are none to train, and it cannot be forked
 * @param origin where a fork began; null: it is none
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
        @Nullable Instant releasedAt,
        @Nullable String trainer,
        @Nullable Origin origin) {

    /** Who serves models whose weights a trainer has. */
    static final String BY_TRAINER = "trainer";

    /** @param checkpoint null: the model's own first weights */
    record Origin(ModelId model, @Nullable UUID checkpoint) {}

    /** A model that somebody entered. */
    Model(
            ModelId id, @Nullable TeamId team, String modelName, @Nullable String name, String provider, String agentType, String upstreamModel,
            Instant createdAt) {
        this(id, team, modelName, name, provider, agentType, upstreamModel, createdAt, null, null, null, null);
    }

    /** Ways to mean a model, the plainest first. Case is free. */
    static final List<BiPredicate<Model, String>> MEANINGS = List.of(
            (model, typed) -> typed.equalsIgnoreCase(model.modelName),
            (model, typed) -> typed.equalsIgnoreCase(model.id.toString()),
            (model, typed) -> typed.equalsIgnoreCase(model.name),
            (model, typed) -> typed.equalsIgnoreCase(model.lastPart()));

    /** Bases are trained by nobody: what everybody forks stays as it is. */
    boolean isTrainable() {
        return trainer != null && team != null;
    }

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
