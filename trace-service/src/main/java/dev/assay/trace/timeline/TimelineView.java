// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.trace.run.TracedRun;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.node.ObjectNode;

/**
 * A page of a run's timeline, with what is on record of the run.
 *
 * @param reward null: not graded, which is not 0
 * @param attempts how often the run was begun; the latest is shown
 * @param next to be passed as {@code cursor} for what stands behind this page, now or later
 * @param more whether anything does already
 */
@JsonNaming(SnakeCaseStrategy.class)
record TimelineView(
        RunId traceId,
        String status,
        @Nullable Double reward,
        @Schema(description = "With the first page only.") @Nullable JsonNode evaluation,
        @Nullable String error,
        @Nullable String stopReason,
        @Nullable JobId jobId,
        @Nullable String taskSlug,
        @Nullable String environment,
        @Nullable String model,
        int attempts,
        @Schema(description = "By kind: prompt, agent, tool, setup, evaluate, system, call; subagent, a whole trace with the entries of its own "
                        + "steps; span, what came by OTLP and is neither a model's turn nor a tool's call; and spans of other kinds under "
                        + "their own name, as a robot's observation, inference and video_segment")
                List<ObjectNode> entries,
        String next,
        boolean more,
        long latestSeq,
        @Schema(description = "When its spans were deleted, as the team's retention says or by hand. Null: they were not.")
                @Nullable Instant clearedAt) {

    static TimelineView of(
            RunId id, Timeline.Told told, @Nullable JsonNode evaluation, List<ObjectNode> entries, Bookmark end, boolean more) {
        TracedRun run = told.run();
        return new TimelineView(
                id,
                told.status(),
                run == null ? null : run.reward(),
                evaluation,
                run == null ? null : run.error(),
                run == null ? null : run.stopReason(),
                run == null ? null : run.job(),
                run == null ? null : run.taskSlug(),
                run == null ? null : run.environment(),
                run == null ? null : run.model(),
                told.attempts(),
                entries,
                end.text(),
                more,
                told.latestSeq(),
                run == null ? null : run.clearedAt());
    }
}
