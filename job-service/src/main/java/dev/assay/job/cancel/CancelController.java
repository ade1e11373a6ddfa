// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.cancel;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.job.cancel.Cancellations.Cancelled;
import dev.assay.job.run.Told;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.web.RunRef;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

@RestController
@Admits(Role.MEMBER)
@RequestMapping("/v2/rollouts")
@Tag(name = "Hosted rollouts")
class CancelController {

    private final Cancellations cancellations;

    CancelController(Cancellations cancellations) {
        this.cancellations = cancellations;
    }

    /** Which run, and maybe of which job. */
    @Schema(example = "{\"trace_id\": \"7f3b1c8e-52d4-4d0f-9a6b-0c1e2d3f4a5b\"}")
    @JsonNaming(SnakeCaseStrategy.class)
    record CancelRequest(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minLength = 1, maxLength = 200, pattern = RunRef.PATTERN) @Nullable String traceId,
            @Schema(maxLength = 200, pattern = "^[^\\u0000]*$") @Nullable String jobId) {}

    /** Which job. */
    @Schema(example = "{\"job_id\": \"2a6d9e40-3b7c-4c1e-8f5d-6e7f8a9b0c1d\"}")
    @JsonNaming(SnakeCaseStrategy.class)
    record CancelJobRequest(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minLength = 1, maxLength = 200, pattern = RunRef.PATTERN) @Nullable String jobId) {}

    /** What became of it. */
    @JsonNaming(SnakeCaseStrategy.class)
    record CancelAnswer(
            RunId traceId,
            @Schema(description = "`accepted`, or `noop`: not found, already finished, or already being cancelled.") String status) {}

    /** How many runs were stopped or are being stopped. */
    @JsonNaming(SnakeCaseStrategy.class)
    record CancelJobAnswer(JobId jobId, int cancelled, String status) {

        static CancelJobAnswer of(Cancelled cancelled) {
            return new CancelJobAnswer(cancelled.job(), cancelled.runs(), cancelled.runs() > 0 ? "accepted" : "noop");
        }
    }

    /** The same for all of a user's jobs, and how many of their runtime sessions were ended. */
    @JsonNaming(SnakeCaseStrategy.class)
    record CancelOwnAnswer(int jobsCancelled, int totalTasksCancelled, List<CancelJobAnswer> jobDetails, int sessionsEnded) {}

    @PostMapping("/cancel")
    @Refuses(status = 404, when = "The run is another team's.")
    @Operation(
            summary = "Cancel a run",
            description =
                    """
                    A queued run is `cancelled` at once; one that a worker holds is `cancelling` until the worker has cleaned up. An \
                    unknown run is remembered, and cancelled when it is submitted.""")
    CancelAnswer cancel(@RequestBody CancelRequest request, Caller caller) {
        var run = new RunId(RunRef.ofRun("trace_id", Told.required("trace_id", request.traceId())).id());
        var job = request.jobId() == null || request.jobId().isBlank() ? null : new JobId(RunRef.ofJob("job_id", request.jobId()).id());
        return new CancelAnswer(run, cancellations.cancelRun(run, job, caller) ? "accepted" : "noop");
    }

    @PostMapping("/cancel_job")
    @Refuses(status = 404, when = "There is no such job.")
    @Operation(summary = "Cancel what is left of a job", description = "Finished runs keep their grades.")
    CancelJobAnswer cancelJob(@RequestBody CancelJobRequest request, Caller caller) {
        var job = new JobId(RunRef.ofJob("job_id", Told.required("job_id", request.jobId())).id());
        return CancelJobAnswer.of(cancellations.cancelJob(job, caller));
    }

    @PostMapping("/cancel_user_jobs")
    @Operation(
            summary = "Cancel what is left of all jobs of the key's user, and end their runtime sessions",
            description = "Of those with runs left and of those begun within the last day. What is submitted to these jobs later is cancelled, too.")
    CancelOwnAnswer cancelOwn(Caller caller) {
        var jobs = cancellations.cancelOwn(caller).stream().map(CancelJobAnswer::of).toList();
        return new CancelOwnAnswer(
                jobs.size(), jobs.stream().mapToInt(CancelJobAnswer::cancelled).sum(), jobs, cancellations.endOwnSessions(caller));
    }
}
