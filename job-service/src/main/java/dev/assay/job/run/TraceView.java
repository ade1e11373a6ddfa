// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.assay.contracts.Failure;
import dev.assay.contracts.JobId;
import dev.assay.contracts.ModelId;
import dev.assay.contracts.RunId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A run as the public API shows it. */
@JsonNaming(SnakeCaseStrategy.class)
record TraceView(
        RunId id,
        @Schema(description = "The id as its client spells it, if that is no UUID.") @Nullable String ref,
        @Nullable JobId jobId,
        @Nullable String groupId,
        @Schema(description = "The run that began this one, as its client tells: it need not be one that can be read.") @Nullable
                RunId parentTraceId,
        @Schema(description = "The runs that name this one as their parent, oldest first; the first 200.") List<BegunRun> children,
        @Schema(description = "`queued`, `initializing`, `running`, `cancelling`; finally `completed`, `error`, `cancelled`.")
                String status,
        @Schema(description = "null: not graded, which is not a reward of 0.") @Nullable Double reward,
        @Nullable String error,
        @Schema(description = "Whose failure that is; null: nothing failed, or whoever told the end did not say.") @Nullable Failure failure,
        @Schema(description = "Of a queued run whose last attempt has failed: when the next one begins, at the earliest.") @Nullable
                Instant notBefore,
        @Schema(
                        description = "When it is ended if it is not over: its environment must answer by then, and once it has, the attempt ends "
                                + "then; in the queue, when the time for the whole rollout is over. Null: it is over, its client drives it, or it may wait.")
                @Nullable Instant deadline,
        @Schema(description = "Of a queued run: why no worker has it yet, as it is at this moment.") @Nullable Waiting waitingBecause,
        @Schema(description = "`done`, `max_steps`, `length`, `timeout`, `malformed_tool_call`; null: unknown.")
                @Nullable String stopReason,
        @Schema(type = "object", description = "The grade frame, to the byte; null unless it is a valid grade.") @JsonRawValue @Nullable
                String evaluationResult,
        @Nullable String taskSlug,
        @Nullable String task,
        @Schema(
                        description = "Of a run of a job that was started here (`POST /v2/jobs`): the `version_id` that its task had then in its "
                                + "taskset. Null: of what a client submits or drives nobody says that it is what the task has there.")
                @Nullable UUID taskVersionId,
        @Schema(description = "The worker that has it, or whose word ended it; null: none has.") @Nullable String instanceId,
        @Schema(description = "The model of the catalog that `model` names; null: it names none, or the catalog could not be asked within the last minute.")
                @Nullable ModelId inferenceLlmModelId,
        @Schema(description = "Always empty: its timeline is at `/v2/trace/{id}/timeline`.") List<String> views,
        @Nullable String environment,
        @Nullable Integer environmentVersion,
        @Nullable String model,
        @Nullable String agent,
        @Schema(description = "Whether the platform drives it.") boolean hosted,
        @Schema(type = "object", description = "What was asked for over the environment's own; null: nothing.") @JsonRawValue @Nullable
                String runtimeConfig,
        @Schema(description = "How many leases it has had; 0 for a run that a client drives.") int attempt,
        Instant createdAt,
        @Nullable Instant startedAt,
        @Nullable Instant endedAt,
        @Schema(description = "How long it waited for its first worker.") @Nullable Long queueMillis,
        @Schema(type = "object", description = "Milliseconds per phase, as the worker told them.") @JsonRawValue @Nullable String timings,
        @Schema(type = "object", description = "What the client told beside, for display.") @JsonRawValue @Nullable String metadata) {

    TraceView askedOf(@Nullable ModelId found) {
        return new TraceView(
                id, ref, jobId, groupId, parentTraceId, children, status, reward, error, failure, notBefore, deadline, waitingBecause,
                stopReason, evaluationResult, taskSlug, task, taskVersionId, instanceId, found, views, environment, environmentVersion,
                model, agent, hosted, runtimeConfig, attempt, createdAt, startedAt, endedAt, queueMillis, timings, metadata);
    }
}
