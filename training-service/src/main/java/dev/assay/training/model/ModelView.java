// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import dev.assay.contracts.ModelId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A model as the API shows it. */
@JsonNaming(SnakeCaseStrategy.class)
record ModelView(
        ModelId id,
        String modelName,
        @Nullable String name,
        String sdkAgentType,
        boolean isTrainable,
        Provider provider,
        String upstreamModel,
        Instant createdAt,
        @Nullable Instant releasedAt,
        @Nullable Instant deprecatedAt) {

    record Provider(String name) {}

    static ModelView of(Model model) {
        return new ModelView(
                model.id(),
                model.modelName(),
                model.name(),
                model.agentType(),
                false,
                new Provider(model.vendor() == null ? model.provider() : model.vendor()),
                model.upstreamModel(),
                model.createdAt(),
                model.releasedAt(),
                null);
    }
}
