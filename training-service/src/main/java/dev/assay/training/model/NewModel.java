// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.model;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A model to be entered into the catalog. */
@Schema(example = "{\"model_name\": \"acme/small\", \"provider\": \"scripted\"}")
@JsonNaming(SnakeCaseStrategy.class)
record NewModel(
        @Schema(
                        requiredMode = Schema.RequiredMode.REQUIRED, minLength = 1, maxLength = 200, pattern = "^[!-~]+$",
                        description = "Slug that agents send, unique in the catalog")
                 @Nullable String modelName,
        @Schema(maxLength = 200, pattern = "^[^\\u0000]*$", description = "Display name") @Nullable String name,
        @Schema(
                        requiredMode = Schema.RequiredMode.REQUIRED, minLength = 1, maxLength = 200, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$",
                        description = "Provider, as the gateway's configuration names it")
                @Nullable String provider,
        @Schema(
                        allowableValues = {"claude", "openai", "gemini", "openai_compatible", "claude_cli", "codex_cli"},
                        description = "Agent that drives it; openai_compatible if left out") @Nullable String sdkAgentType,
        @Schema(maxLength = 200, pattern = "^[^\\u0000]*$", description = "What the provider calls the model; the slug if left out") @Nullable String upstreamModel) {}
