// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.job.run.Waiting;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A job as lists show it. */
@JsonNaming(SnakeCaseStrategy.class)
record JobView(
        JobId id,
        @Nullable String name,
        @Nullable String tasksetId,
        @Nullable String tasksetName,
        @Schema(description = "How many runs of each task were asked for.") @Nullable Integer group,
        @Schema(description = "`pending` without runs, `running` while any is not over; then what all are, or `completed`.") String status,
        @Schema(description = "The hosted run inside which it was begun, with that run's key; null: people began it.") @Nullable
                RunId begunInside,
        @Schema(description = "Among the team's jobs: the greater, the sooner.") int priority,
        @Schema(description = "How many of its runs go on at once; null: as many as there are places for.") @Nullable Integer maxConcurrent,
        @Schema(description = "Which failures of its runs are followed by another attempt, of kinds that a run does not name itself; null: as usual.")
                @Nullable Map<String, Integer> retry,
        @Schema(description = "Since when none of its queued runs is begun; null: it is not paused.") @Nullable Instant pausedAt,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Schema(description = "When the last run ended; null while any is not over.") @Nullable Instant endedAt,
        @Schema(description = "When it will be over if its runs take as long as those that ended, and as many go on at once as do now; told by "
                        + "`GET /v2/jobs/{id}` alone. Null: it is over or paused, none of its runs has ended or goes on, all that go on hang, "
                        + "or a client drives them, which alone knows how many are to come.")
                @Nullable Instant estimatedEnd,
        @Schema(description = "Why its next queued run has no worker yet; told by `GET /v2/jobs/{id}` alone. Null: none is queued, or this is another answer.")
                @Nullable Waiting waitingBecause,
        @JsonUnwrapped Counts counts) {

    JobView outlook(@Nullable Instant end, @Nullable Waiting because) {
        return new JobView(
                id, name, tasksetId, tasksetName, group, status, begunInside, priority, maxConcurrent, retry, pausedAt, createdAt, startedAt, endedAt,
                end, because, counts);
    }
}
