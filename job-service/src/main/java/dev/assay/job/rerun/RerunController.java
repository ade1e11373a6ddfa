// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.rerun;

import com.fasterxml.jackson.annotation.JsonAnySetter;
import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.job.job.Jobs;
import dev.assay.job.run.Told;
import dev.assay.job.run.UnscoredRuns;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.signal.WorkSignal;
import dev.assay.kit.web.RunRef;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

@RestController
@Admits(Role.MEMBER)
class RerunController {

    private final Jobs jobs;
    private final UnscoredRuns unscored;
    private final WorkSignal signal;

    RerunController(Jobs jobs, UnscoredRuns unscored, WorkSignal signal) {
        this.jobs = jobs;
        this.unscored = unscored;
        this.signal = signal;
    }

    /** Which of its runs. */
    @Schema(
            example = "{\"ended_by\": \"2026-11-27T03:04:05Z\"}",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    @JsonNaming(SnakeCaseStrategy.class)
    record RerunRequest(
            @Schema(
                            type = "string",
                            format = "date-time",
                            description = "Only those that have ended by then: told again, it reaches none that has ended since. Left out: now.")
                    @Nullable JsonNode endedBy,
            @Schema(hidden = true) @JsonAnySetter @Nullable Map<String, JsonNode> others) {

        /** Never later than now: what fails again while its job is run again is not run a third time. */
        private Instant until(Instant now) {
            Told.noOthers("", others);
            if (endedBy == null || endedBy.isNull()) {
                return now;
            }
            var told = time(endedBy);
            if (told.isBefore(Instant.EPOCH)) {
                throw Problem.badRequest("ended_by", "must not be before 1970");
            }
            return told.isAfter(now) ? now : told;
        }

        private static Instant time(JsonNode told) {
            try {
                return Instant.parse(told.stringValue(""));
            } catch (DateTimeParseException e) {
                throw Problem.badRequest("ended_by", "must be a time such as 2026-11-27T03:04:05Z");
            }
        }
    }

    /** How many runs are queued again. */
    @JsonNaming(SnakeCaseStrategy.class)
    record RerunJobAnswer(JobId jobId, int rerun, @Schema(description = "`accepted`, or `noop`: there was none.") String status) {}

    /** What became of it. */
    @JsonNaming(SnakeCaseStrategy.class)
    record RerunAnswer(
            RunId traceId,
            @Schema(description = "`accepted`, or `noop`: it is not over, has a grade, or was driven by its client.") String status) {}

    @PostMapping("/v2/jobs/{job_id}/rerun")
    @Tag(name = "Jobs")
    @Refuses(status = 404, when = "There is no such job.")
    @Operation(
            summary = "Run again what has no grade",
            description =
                    """
                    Queues those hosted runs of the job again that failed, were cancelled or ended without a grade. Each keeps its id, and \
                    its attempts are counted on; the end that it comes to then is the one that counts. Graded runs stay as they are. A \
                    cancelled job is cancelled no more; a paused one stays paused.""")
    RerunJobAnswer rerunJob(
            @Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job,
            @RequestBody(required = false) @Nullable RerunRequest request,
            Caller caller) {
        var id = new JobId(RunRef.ofJob("job_id", job).id());
        jobs.requireOwn(id, caller.team());
        var endedBy = request == null ? unscored.now() : request.until(unscored.now());
        jobs.uncancel(id, caller.user());
        var rerun = 0;
        for (var some = unscored.rerunSome(id, endedBy, caller.user()); some > 0; ) {
            rerun += some;
            signal.arrived();
            some = unscored.rerunSome(id, endedBy, caller.user());
        }
        return new RerunJobAnswer(id, rerun, rerun > 0 ? "accepted" : "noop");
    }

    @PostMapping("/v2/trace/{trace_id}/rerun")
    @Tag(name = "Runs")
    @Refuses(status = 404, when = "There is no such run.")
    @Operation(summary = "Run a run again", description = "If the platform drove it, and it has ended without a grade.")
    RerunAnswer rerun(
            @Parameter(description = "A UUID, dashed or not, or the text that the client bound.", schema = @Schema(type = "string", maxLength = 200))
                    @PathVariable("trace_id")
                    String trace,
            Caller caller) {
        var id = new RunId(RunRef.ofRun("trace_id", trace).id());
        var accepted = unscored.rerun(id, caller.team(), caller.user());
        if (accepted) {
            signal.arrived();
        }
        return new RerunAnswer(id, accepted ? "accepted" : "noop");
    }
}
