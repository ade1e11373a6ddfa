// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.report;

import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** What a client tells of a run that it begins to drive. */
@JsonNaming(SnakeCaseStrategy.class)
record RunEntered(
        @Schema(description = "Made if unknown.") @Nullable String jobId,
        @Nullable String groupId,
        @Nullable String taskSlug,
        @Schema(description = "What the agent samples; `unknown` is none.") @Nullable String model,
        @Nullable String parentTraceId) {

    static final RunEntered NOTHING = new RunEntered(null, null, null, null, null);
}
