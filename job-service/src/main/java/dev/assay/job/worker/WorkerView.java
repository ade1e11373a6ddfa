// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.worker;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.internal.WorkerReport;
import dev.assay.job.worker.HeldRuns.Held;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A worker, as it is shown. What it has not told is null. */
@JsonNaming(SnakeCaseStrategy.class)
record WorkerView(
        String name,
        @Schema(description = "What keeps sandboxes in there: bubblewrap, or none: environments then see the machine as the worker does.")
                String isolation,
        @Schema(description = "When it was last heard of, give or take half a minute.") Instant seenAt,
        @Schema(
                description = "What it does: working, draining (takes no new work), drained (and has none left), closed (takes none, see "
                        + "reason), or stopping. Null: it is of an earlier release, which does not tell.",
                allowableValues = {"working", "draining", "drained", "closed", "stopping"})
                @Nullable String state,
        @Schema(description = "Why it takes no work.") @Nullable String reason,
        @Schema(description = "Whether it was told to take no new work.") boolean draining,
        @Schema(description = "Of the program.") @Nullable String version,
        @Schema(description = "The runtimes that it has just now, such as process and docker.") @Nullable List<String> kinds,
        @Schema(description = "What it has at most.") @Nullable WorkerCapacity capacity,
        @Schema(description = "How many pieces of work it holds, of all teams.") @Nullable WorkerHolds holds,
        @Schema(description = "Spans that could not be handed over yet, or never.") @Nullable WorkerSpans spans,
        @Schema(description = "Bytes of what it keeps on disk, by what that is.") @Nullable Map<String, Long> folders,
        @Schema(description = "The runs that it holds: your team's, or everybody's for the operator.") List<HeldRun> runs) {

    @JsonNaming(SnakeCaseStrategy.class)
    record WorkerCapacity(
            @Schema(description = "Runs at once.") int runs,
            @Schema(description = "Runtime sessions at once.") int sessions,
            @Schema(description = "Processors, which all its sandboxes share.") double cpus,
            @Schema(description = "MiB, which all its sandboxes share.") long memoryMb,
            @Schema(description = "Graphics processors.") int gpus) {}

    @JsonNaming(SnakeCaseStrategy.class)
    record WorkerHolds(int runs, int sessions, int builds) {}

    @JsonNaming(SnakeCaseStrategy.class)
    record WorkerSpans(
            @Schema(description = "On its disk, until trace-service takes them.") long waitingBytes,
            @Schema(description = "How many were lost since it started, because neither memory nor disk had room.") long lost) {}

    @JsonNaming(SnakeCaseStrategy.class)
    record HeldRun(
            RunId runId,
            JobId jobId,
            @Schema(description = "initializing until its environment answers, then running; cancelling.") String status,
            int attempt,
            @Schema(description = "When its first attempt began.") Instant startedAt,
            @Schema(description = "When this one ends at the latest; until its environment answers, when that must have happened.") Instant deadline) {}

    static WorkerView of(Workers.Seen worker, List<Held> runs) {
        var held = runs.stream().map(run -> new HeldRun(run.run(), run.job(), run.status(), run.attempt(), run.since(), run.deadline())).toList();
        var told = worker.told();
        if (told == null) {
            return new WorkerView(
                    worker.name(), worker.isolation(), worker.at(), null, null, worker.draining(), null, null, null, null, null, null, held);
        }
        return new WorkerView(
                worker.name(), worker.isolation(), worker.at(), told.state(), told.reason(), worker.draining(), told.version(),
                told.kinds(), capacity(told.capacity()), holds(told.holds()), spans(told.spans()), told.folders(), held);
    }

    private static WorkerCapacity capacity(WorkerReport.Capacity told) {
        return new WorkerCapacity(told.runs(), told.sessions(), told.cpus(), told.memoryMb(), told.gpus());
    }

    private static WorkerHolds holds(WorkerReport.Holds told) {
        return new WorkerHolds(told.runs(), told.sessions(), told.builds());
    }

    private static WorkerSpans spans(WorkerReport.Spans told) {
        return new WorkerSpans(told.waitingBytes(), told.lost());
    }
}
