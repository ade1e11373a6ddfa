// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import dev.assay.contracts.JobId;
import dev.assay.grading.statistics.Comparison.ComparedTask;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.RunRef;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** Jobs beside each other. */
@RestController
@Admits(Role.VIEWER)
@Tag(name = "Statistics")
class CompareController {

    /** Tasks of all jobs together, which are held until they are compared. */
    private static final int MOST_HELD = 100_000;

    private final Statistics statistics;
    private final KnownJobs jobs;

    CompareController(Statistics statistics, KnownJobs jobs) {
        this.statistics = statistics;
        this.jobs = jobs;
    }

    /** A job beside others: on the whole, and a page of its tasks. */
    @JsonNaming(SnakeCaseStrategy.class)
    record Compared(
            JobId jobId,
            @Nullable String name,
            String status,
            @Schema(description = "Whether all of its runs are over, and counted here.") boolean complete,
            @Schema(description = "Of all of its graded runs.") Estimate meanReward,
            List<Comparison> comparisons,
            List<ComparedTask> items,
            @Schema(description = "As it was applied.") int limit,
            @Schema(description = "To be passed as `cursor` for the page behind this one; null: this is the last.")
                    @Nullable String next) {}

    @GetMapping("/v2/jobs/{job_id}/compare")
    @Refuses(status = 404, when = "There is no such job, or no such other one.")
    @Refuses(status = 422, when = "A job has more than 50,000 tasks, or all of them have more than 100,000.")
    @Operation(
            summary = "Compare jobs",
            description = "Paired by task: the same name, and neither in environment nor in version known to be another one. What has no "
                    + "partner is counted and named. `with` repeats, for several others. The tasks are this job's, by their names, at most "
                    + "1000 to a page.")
    Compared compare(
            Caller caller,
            @Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job,
            @Parameter(
                            description = "The other job; at most 10 of them.",
                            required = true,
                            array = @ArraySchema(
                                    minItems = 1,
                                    maxItems = 10,
                                    schema = @Schema(
                                            type = "string",
                                            minLength = 1,
                                            maxLength = 200,
                                            pattern = RunRef.PATTERN,
                                            example = "2a6d9e40-3b7c-4c1e-8f5d-6e7f8a9b0c1d")))
                    @RequestParam(required = false)
                    @Nullable List<String> with,
            @Parameter(schema = @Schema(type = "integer", format = "int32", minimum = "1", defaultValue = "100"))
                    @RequestParam(required = false)
                    @Nullable Integer limit,
            @Parameter(description = "A page's `next`.", schema = @Schema(type = "string", pattern = TaskCursor.PATTERN))
                    @RequestParam(required = false)
                    @Nullable String cursor) {
        var known = jobs.require(caller.team(), Asked.job("job_id", job));
        var most = TaskCursor.limit(limit);
        var after = TaskCursor.read(cursor);
        var others = Asked.jobs("with", with);
        var mine = statistics.tasks(caller.team(), known);
        var comparisons = new ArrayList<Comparison>();
        var pairings = new LinkedHashMap<JobId, Pairing>();
        var held = mine.tasks().size();
        for (var other : others) {
            var tasks = statistics.tasks(caller.team(), jobs.require(caller.team(), other));
            held += tasks.tasks().size();
            if (held > MOST_HELD) {
                throw Problem.unprocessable("These jobs have more than " + MOST_HELD + " tasks together: compare fewer at once.");
            }
            var pairing = Pairing.of(mine.tasks(), tasks.tasks());
            pairings.put(other, pairing);
            comparisons.add(Comparison.of(tasks, pairing));
        }
        var page = mine.tasks().stream().filter(task -> task.isBehind(after)).limit(most + 1L).toList();
        var shown = page.size() > most ? page.subList(0, most) : page;
        return new Compared(
                mine.job().id(), mine.job().name(), mine.job().status(), mine.isComplete(), mine.mean(), comparisons,
                Comparison.rows(shown, pairings), most, page.size() > most ? TaskCursor.of(shown.getLast()) : null);
    }
}
