// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.event;

import dev.assay.contracts.Failure;
import dev.assay.contracts.JobId;
import dev.assay.contracts.JsonNull;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import java.time.Instant;
import java.util.Collection;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A run reached its end. May come again for the same run with a greater {@code revision} (a late exit overrides a swept run);
 * the greatest revision holds.
 *
 * @param groupId opaque text: runs of the same task that are compared with each other
 * @param status {@code completed}, {@code error} or {@code cancelled}
 * @param stopReason {@code done}, {@code max_steps}, {@code length}, {@code timeout}, {@code malformed_tool_call}, or null: unknown
 * @param error one sentence for people; null unless something failed
 * @param failure whose failure that is; null: nobody said so, or nothing failed. Of a model's or the infrastructure's there is no reward
 * @param reward the evaluation's score; null: never graded, which is not a reward of 0
 * @param evaluation the grade frame as the environment sent it; null: never graded, or too large for a record
 * @param largeEvaluation how many bytes of JSON the evaluation has if it is too large for a record: job-service is asked for it, by
 *     {@code GET /internal/runs/{run}/evaluation?revision=n}; null: it stands here, or there is none
 * @param attempt how many leases the run has had; 0 for a run that a client drove itself
 * @param revision starts at 1 and grows with every end, also of a run that was queued again: the greatest holds
 * @param agent which agent it was; like all that follow: null where it is not known, and in what was told before these were
 * @param taskVersion which version of its taskset's task it is of: known of jobs that are started here
 * @param environmentVersion the number of the environment's version that it ran
 * @param startedAt when its first lease was taken, or its client entered it
 * @param verifier the environment whose task graded it in place of its own; null: it had no verifier, or a client drove it, which does not say
 */
public record RunFinished(
        RunId run,
        JobId job,
        TeamId team,
        @Nullable String groupId,
        @Nullable String taskSlug,
        @Nullable String environment,
        @Nullable String model,
        String status,
        @Nullable String stopReason,
        @Nullable String error,
        @Nullable Failure failure,
        @Nullable Double reward,
        @Nullable JsonNode evaluation,
        @Nullable Integer largeEvaluation,
        int attempt,
        int revision,
        Instant finishedAt,
        @Nullable String agent,
        @Nullable UUID taskVersion,
        @Nullable Integer environmentVersion,
        @Nullable Instant startedAt,
        @Nullable String verifier) {

    public RunFinished {
        evaluation = JsonNull.absent(evaluation);
    }

    /** What holds of them: of each run the greatest revision. In one order for all, so that two who write the same runs do not wait in a circle. */
    public static Collection<RunFinished> lastWords(Collection<RunFinished> events) {
        var last = new TreeMap<String, RunFinished>();
        events.forEach(event -> last.merge(event.run().toString(), event, (known, next) -> next.revision() > known.revision() ? next : known));
        return last.values();
    }
}
