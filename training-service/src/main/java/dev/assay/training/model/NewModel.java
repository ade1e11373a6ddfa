// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A model to be entered into the catalog. */
@JsonNaming(SnakeCaseStrategy.class)
record NewModel(
        @Schema(description = "Slug that agents send, unique in the catalog", example = "acme/small") @Nullable String modelName,
        @Schema(description = "Display name") @Nullable String name,
        @Schema(description = "Provider, as the gateway's configuration names it", example = "scripted") @Nullable String provider,
        @Schema(description = "Agent that drives it; openai_compatible if left out") @Nullable String sdkAgentType,
        @Schema(description = "What the provider calls the model; the slug if left out") @Nullable String upstreamModel) {}
