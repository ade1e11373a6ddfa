// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.search;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A run that was found. */
@JsonNaming(SnakeCaseStrategy.class)
record FoundRun(
        RunId runId,
        @Nullable JobId jobId,
        @Nullable String taskSlug,
        @Nullable String environment,
        @Nullable String model,
        @Schema(description = "As its spans and its end say: a run that begins again has that of its last end until it ends once more.") String status,
        @Nullable String stopReason,
        @Nullable String error,
        @Nullable Double reward,
        Instant begunAt,
        @Nullable Instant finishedAt,
        @Schema(description = "That were called in it, by name.") List<String> tools,
        @Schema(description = "When what was said in it was last read. Null: not yet, and neither words nor tools find it.")
                @Nullable Instant readAt) {}
