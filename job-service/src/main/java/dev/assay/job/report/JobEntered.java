// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.report;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** What a client tells of a job. */
@Schema(example = "{\"name\": \"my evaluation\", \"group\": 3}")
@JsonNaming(SnakeCaseStrategy.class)
record JobEntered(
        @Schema(maxLength = 1000) @Nullable String name,
        @Schema(minimum = "1", description = "How many runs of each task; at least 1.") @Nullable Integer group,
        @Schema(maxLength = 1000, description = "Where the tasks come from, as the server gave it or as it was typed.") @Nullable String tasksetId) {}
