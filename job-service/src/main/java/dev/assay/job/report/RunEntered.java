// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.report;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** What a client tells of a run that it begins to drive. */
@Schema(example = "{\"job_id\": \"my-job\", \"task_slug\": \"strawberry\", \"model\": \"my-model\"}")
@JsonNaming(SnakeCaseStrategy.class)
record RunEntered(
        @Schema(maxLength = 200, description = "Made if unknown.") @Nullable String jobId,
        @Schema(maxLength = 1000) @Nullable String groupId,
        @Schema(maxLength = 1000) @Nullable String taskSlug,
        @Schema(maxLength = 1000, description = "What the agent samples; `unknown` is none.") @Nullable String model,
        @Schema(maxLength = 200) @Nullable String parentTraceId) {

    static final RunEntered NOTHING = new RunEntered(null, null, null, null, null);
}
