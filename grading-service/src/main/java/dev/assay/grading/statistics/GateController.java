// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import dev.assay.contracts.JobId;
import dev.assay.grading.statistics.GateRules.Compared;
import dev.assay.grading.statistics.GateRules.GateCheck;
import dev.assay.grading.statistics.GateRules.Standing;
import dev.assay.grading.statistics.GateRules.Terms;
import dev.assay.grading.statistics.GateRules.Verdict;
import dev.assay.grading.statistics.Statistics.Tasks;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.RunRef;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** Whether a job is good enough, for whoever builds on it automatically. */
@RestController
@Admits(Role.VIEWER)
@Tag(name = "Statistics")
class GateController {

    private static final int USUAL_TASKS = 5;
    private static final double USUAL_LEFT_OUT = 0.2;

    private final Statistics statistics;
    private final KnownJobs jobs;

    GateController(Statistics statistics, KnownJobs jobs) {
        this.statistics = statistics;
        this.jobs = jobs;
    }

    /** What came of holding a job against another one, or against a bar. */
    @JsonNaming(SnakeCaseStrategy.class)
    record GateAnswer(
            JobId jobId,
            @Schema(description = "null: it was held against the bar alone.") @Nullable JobId against,
            @Schema(description = "`passed`, `failed`, or `undecided`: it goes on, or there is too little to say. Undecided is not passed.")
                    String verdict,
            @Schema(description = "Whether the verdict is `passed`.") boolean passed,
            @Schema(description = "What was looked at.") List<GateCheck> checks,
            Estimate meanReward,
            @Schema(description = "This job's mean minus the other's; null: it was held against the bar alone.")
                    @Nullable Difference difference,
            int pairedCount) {}

    @GetMapping("/v2/jobs/{job_id}/gate")
    @Refuses(status = 404, when = "There is no such job, or no such one to hold it against.")
    @Refuses(status = 422, when = "A job has more than 50,000 tasks.")
    @Operation(
            summary = "Whether a job is good enough",
            description = "Fails where the mean has fallen by more than its interval, which is: where the upper end of the paired interval "
                    + "of the difference is below `-allowed`. With `min` also where the mean is less than that. One of the two is "
                    + "required. A job that is not over, or has too many runs that are in no mean, is `undecided`; so is one that has too few tasks "
                    + "in common with the other.")
    GateAnswer gate(
            Caller caller,
            @Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job,
            @Parameter(
                            description = "The job that it is held against.",
                            schema = @Schema(type = "string", minLength = 1, maxLength = 200, pattern = RunRef.PATTERN))
                    @RequestParam(required = false)
                    @Nullable String against,
            @Parameter(
                            description = "By how much the mean may fall.",
                            schema = @Schema(type = "number", format = "double", minimum = "0", defaultValue = "0"))
                    @RequestParam(required = false)
                    @Nullable Double allowed,
            @Parameter(description = "The least mean that passes.", schema = @Schema(type = "number", format = "double", example = "0.5"))
                    @RequestParam(required = false)
                    @Nullable Double min,
            @Parameter(
                            description = "With fewer tasks in both jobs it is undecided.",
                            schema = @Schema(type = "integer", format = "int32", minimum = "2", defaultValue = "5"))
                    @RequestParam(name = "min_tasks", required = false)
                    @Nullable Integer minTasks,
            @Parameter(
                            description = "With a greater share of runs in no mean it is not passed.",
                            schema = @Schema(type = "number", format = "double", minimum = "0", maximum = "1", defaultValue = "0.2"))
                    @RequestParam(name = "max_left_out", required = false)
                    @Nullable Double maxLeftOut) {
        var known = jobs.require(caller.team(), Asked.job("job_id", job));
        if (against == null && min == null) {
            throw Problem.badRequest("against", "required unless min is given");
        }
        var terms = terms(allowed, min, minTasks, maxLeftOut);
        var other = against == null ? null : Asked.job("against", against);
        var mine = statistics.tasks(caller.team(), known);
        var compared = other == null ? null : compared(mine, statistics.tasks(caller.team(), jobs.require(caller.team(), other)));
        var checks = GateRules.checks(standing("this job", mine), compared, terms);
        var verdict = GateRules.verdict(checks);
        return new GateAnswer(
                mine.job().id(), other, verdict.wire(), verdict == Verdict.PASSED, checks, mine.mean(),
                compared == null ? null : compared.difference(), compared == null ? 0 : compared.tasks());
    }

    private static Compared compared(Tasks mine, Tasks other) {
        var pairs = Pairing.of(mine.tasks(), other.tasks()).pairs();
        return new Compared(standing("the other job", other), Difference.of(pairs), pairs.size());
    }

    private static Standing standing(String name, Tasks job) {
        return new Standing(name, job.isComplete(), job.ends().graded(), job.ends().leftOut(), job.mean().mean());
    }

    private static Terms terms(@Nullable Double allowed, @Nullable Double min, @Nullable Integer minTasks, @Nullable Double maxLeftOut) {
        if (allowed != null && Asked.finite("allowed", allowed) < 0) {
            throw Problem.badRequest("allowed", "must not be negative");
        }
        if (minTasks != null && minTasks < 2) {
            throw Problem.badRequest("min_tasks", "must be at least 2");
        }
        if (maxLeftOut != null && !(maxLeftOut >= 0 && maxLeftOut <= 1)) {
            throw Problem.badRequest("max_left_out", "must be between 0 and 1");
        }
        return new Terms(
                Objects.requireNonNullElse(allowed, 0.0),
                min == null ? null : Double.valueOf(Asked.finite("min", min)),
                Objects.requireNonNullElse(minTasks, USUAL_TASKS),
                Objects.requireNonNullElse(maxLeftOut, USUAL_LEFT_OUT));
    }
}
