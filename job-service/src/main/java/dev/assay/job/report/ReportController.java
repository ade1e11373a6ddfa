// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.report;

import dev.assay.contracts.JobId;
import dev.assay.contracts.RunId;
import dev.assay.job.run.RunChange;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

@RestController
@Admits({Role.MEMBER, Role.RUN})
@RequestMapping("/v2/trace")
@Tag(name = "Reporting", description =
                """
                Runs that a client drives itself. Every call may be repeated, and come in any order. The key of a hosted run tells of runs \
                that are begun inside that run, while its attempt lives, and of nothing else.""")
class ReportController {

    private static final String ID = "A UUID, dashed or not, or any text of at most 200 characters.";

    private final Reports reports;

    ReportController(Reports reports) {
        this.reports = reports;
    }

    /** The job that was told of. */
    @JsonNaming(SnakeCaseStrategy.class)
    record JobAnswer(JobId jobId) {}

    /** The run that was told of, and how it stands now. */
    @JsonNaming(SnakeCaseStrategy.class)
    record RunAnswer(RunId traceId, String status) {

        static RunAnswer of(RunChange change) {
            return new RunAnswer(change.run().id(), change.run().state().status().wire());
        }
    }

    @PostMapping("/job/{job_id}/enter")
    @Refuses(status = 404, when = "The job is another team's; by a run's key: that key did not make it.")
    @Refuses(status = 409, when = "By a run's key: it has made as many as one may.")
    @Operation(
            summary = "Tell of a job",
            description = "Makes the job or adds to what is known of it. A job has no end of its own: its runs have.")
    JobAnswer jobEntered(
            @Parameter(description = ID, schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job,
            @RequestBody(required = false) @Nullable JobEntered told,
            Caller caller) {
        return new JobAnswer(reports.jobEntered(job, told == null ? new JobEntered(null, null, null) : told, caller));
    }

    @PostMapping("/{trace_id}/enter")
    @Refuses(status = 404, when = "The run or the job is another team's; by a run's key: it was not begun inside that run.")
    @Refuses(status = 409, when = "By a run's key: it has begun as many, or as deep, as one may.")
    @Operation(
            summary = "Tell that a run has begun",
            description = "Opens the run, or opens a finished one again. A cancelled run stays cancelled; a hosted one stays as it is.")
    RunAnswer runEntered(
            @Parameter(description = ID, schema = @Schema(type = "string", maxLength = 200)) @PathVariable("trace_id") String trace,
            @RequestBody(required = false) @Nullable RunEntered told,
            Caller caller) {
        return RunAnswer.of(reports.runEntered(trace, told == null ? RunEntered.NOTHING : told, caller));
    }

    @PostMapping("/{trace_id}/exit")
    @Refuses(status = 409, when = "The platform drives the run: its worker tells its end.")
    @Operation(
            summary = "Tell how a run ended",
            description =
                    """
                    The first end that is told holds; one that comes after the run was marked as abandoned overrides that. The run is \
                    graded if and only if there is an `evaluation_result` with a finite `score`. 409 for a hosted run.""")
    RunAnswer runExited(
            @Parameter(description = ID, schema = @Schema(type = "string", maxLength = 200)) @PathVariable("trace_id") String trace,
            @RequestBody(required = false) @Nullable RunExited told,
            Caller caller) {
        return RunAnswer.of(reports.runExited(trace, told == null ? RunExited.NOTHING : told, caller));
    }
}
