// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import dev.assay.contracts.ModelId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A model as the API shows it.
 *
 * @param canBeForked whether a trainer of this platform has its weights
 * @param forkedFrom the model that it is a fork of; null: it is none
 * @param forkedAt the checkpoint of that model that it began with; null: that model's own first weights
 */
@JsonNaming(SnakeCaseStrategy.class)
record ModelView(
        ModelId id,
        String modelName,
        @Nullable String name,
        String sdkAgentType,
        boolean isTrainable,
        boolean canBeForked,
        Provider provider,
        String upstreamModel,
        Instant createdAt,
        @Nullable Instant releasedAt,
        @Nullable Instant deprecatedAt,
        @Nullable ModelId forkedFrom,
        @Nullable UUID forkedAt) {

    record Provider(String name) {}

    static ModelView of(Model model) {
        return new ModelView(
                model.id(),
                model.modelName(),
                model.name(),
                model.agentType(),
                model.isTrainable(),
                model.trainer() != null,
                new Provider(model.vendor() == null ? model.provider() : model.vendor()),
                model.upstreamModel(),
                model.createdAt(),
                model.releasedAt(),
                null,
                model.origin() == null ? null : model.origin().model(),
                model.origin() == null ? null : model.origin().checkpoint());
    }
}
