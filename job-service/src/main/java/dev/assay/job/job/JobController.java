// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.job;

import dev.assay.contracts.JobId;
import dev.assay.job.run.Told;
import dev.assay.job.run.WaitingRuns;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.RunRef;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

@RestController
@Admits(Role.VIEWER)
@RequestMapping("/v2/jobs")
@Tag(name = "Jobs", description = "Runs that belong together.")
class JobController {

    private static final int USUAL = 20;
    private static final int MOST_JOBS = 1000;
    private static final int MOST_RUNS = 10_000;
    private static final int USUAL_GROUPS = 100;
    private static final int MOST_GROUPS = 500;

    private final Jobs jobs;
    private final JobLists lists;
    private final Estimates estimates;
    private final WaitingRuns waiting;

    JobController(Jobs jobs, JobLists lists, Estimates estimates, WaitingRuns waiting) {
        this.jobs = jobs;
        this.lists = lists;
        this.estimates = estimates;
        this.waiting = waiting;
    }

    /** How a job stands, in numbers. */
    @JsonNaming(SnakeCaseStrategy.class)
    record JobSummary(
            JobId id,
            String status,
            long total,
            long queued,
            long running,
            long completed,
            long error,
            long cancelled,
            @Schema(description = "Runs that completed with a grade: those in the mean.") long graded,
            @Schema(description = "Runs that are over and not in the mean: ended in an error, cancelled, or without a grade.")
                    long ungraded,
            @Schema(description = "Why those are not in it: as of a job.") Map<String, Long> ungradedBecause,
            @Schema(description = "Over graded runs only; null if there is none.") @Nullable Double meanReward) {

        static JobSummary of(JobView job) {
            var counts = job.counts();
            return new JobSummary(
                    job.id(),
                    job.status(),
                    counts.runCount(),
                    counts.queuedCount(),
                    counts.runningCount(),
                    counts.completedCount(),
                    counts.errorCount(),
                    counts.cancelledCount(),
                    counts.gradedCount(),
                    counts.ungradedCount(),
                    counts.ungradedBecause(),
                    counts.meanReward());
        }
    }

    @Admits({Role.VIEWER, Role.SERVICE}) // grading-service asks which jobs a taskset has
    @GetMapping
    @Operation(
            summary = "List jobs",
            description = "Newest first. At most 1000 to a page. `cursor` takes a page's `next`: unlike an offset it skips and repeats "
                    + "nothing while jobs are added.")
    Page<JobView> list(
            @Parameter(schema = @Schema(type = "integer", format = "int32", minimum = "1", defaultValue = "20"))
                    @RequestParam(required = false)
                    @Nullable Integer limit,
            @Parameter(schema = @Schema(type = "integer", format = "int64", minimum = "0", maximum = "100000", defaultValue = "0"))
                    @RequestParam(required = false)
                    @Nullable Long offset,
            @Parameter(description = "A page's `next`; an offset counts from there.", schema = @Schema(type = "string", pattern = Page.CURSOR))
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(schema = @Schema(type = "string", maxLength = 1000))
                    @RequestParam(name = "taskset_id", required = false)
                    @Nullable String tasksetId,
            Caller caller) {
        return lists.jobs(caller.team(), Told.name("taskset_id", tasksetId), Page.Wanted.of(limit, offset, cursor, USUAL, MOST_JOBS));
    }

    @Admits({Role.VIEWER, Role.SERVICE})
    @GetMapping("/{job_id}")
    @Operation(summary = "Read a job")
    JobView read(@Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job, Caller caller) {
        var read = own(job, caller);
        var because = read.counts().queuedCount() == 0 ? null : waiting.because(read.id(), caller.team()).orElse(null);
        return read.outlook(estimates.endOf(read), because);
    }

    @Admits({Role.VIEWER, Role.SERVICE})
    @GetMapping("/{job_id}/traces")
    @Operation(
            summary = "List a job's runs",
            description = "Newest first. At most 10000 to a page. `cursor` takes a page's `next`: unlike an offset it skips and repeats "
                    + "nothing while runs are added.")
    Page<JobRunView> runs(
            @Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job,
            @Parameter(schema = @Schema(type = "integer", format = "int32", minimum = "1", defaultValue = "20"))
                    @RequestParam(required = false)
                    @Nullable Integer limit,
            @Parameter(schema = @Schema(type = "integer", format = "int64", minimum = "0", maximum = "100000", defaultValue = "0"))
                    @RequestParam(required = false)
                    @Nullable Long offset,
            @Parameter(description = "A page's `next`; an offset counts from there.", schema = @Schema(type = "string", pattern = Page.CURSOR))
                    @RequestParam(required = false)
                    @Nullable String cursor,
            @Parameter(
                            description = "Only those that stand there; `ungraded`: over and in no mean.",
                            schema = @Schema(type = "string", allowableValues = {
                                "queued", "running", "completed", "error", "cancelled", "ungraded"
                            }))
                    @RequestParam(required = false)
                    @Nullable String status,
            Caller caller) {
        var standing = Standing.of(status);
        var wanted = Page.Wanted.of(limit, offset, cursor, USUAL, MOST_RUNS);
        var id = new JobId(RunRef.ofJob("job_id", job).id());
        jobs.requireOwn(id, caller.team());
        return lists.runs(id, standing, wanted);
    }

    @GetMapping("/{job_id}/groups")
    @Operation(
            summary = "List a job's groups",
            description = "Runs of the same task that are compared with each other, by the task's name. At most 500 to a page.")
    GroupView.Groups groups(
            @Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job,
            @Parameter(schema = @Schema(type = "integer", format = "int32", minimum = "1", defaultValue = "100"))
                    @RequestParam(required = false)
                    @Nullable Integer limit,
            @Parameter(description = "A page's `next`.", schema = @Schema(type = "string", pattern = JobLists.CURSOR_OF_GROUPS))
                    @RequestParam(required = false)
                    @Nullable String cursor,
            Caller caller) {
        var most = Page.Wanted.of(limit, null, null, USUAL_GROUPS, MOST_GROUPS).limit();
        var id = new JobId(RunRef.ofJob("job_id", job).id());
        jobs.requireOwn(id, caller.team());
        return lists.groups(id, cursor, most);
    }

    @GetMapping("/{job_id}/summary")
    @Operation(summary = "Sum up a job")
    JobSummary summary(@Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job, Caller caller) {
        return JobSummary.of(own(job, caller));
    }

    private JobView own(String job, Caller caller) {
        var id = new JobId(RunRef.ofJob("job_id", job).id());
        return lists.job(id, caller.team()).orElseThrow(() -> Problem.notFound("There is no job " + job + "."));
    }
}
