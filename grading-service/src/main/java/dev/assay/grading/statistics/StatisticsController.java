// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Statistics of a job. */
@RestController
@Admits(Role.VIEWER)
@Tag(
        name = "Statistics",
        description = "What grades add up to, each figure with its formula. A run that failed is in none: it is left out, and counted.")
class StatisticsController {

    static final String PASSES_AT = "From this reward on a run has passed.";

    private final Statistics statistics;
    private final StatisticsRows rows;
    private final KnownJobs jobs;
    private final BookedCosts costs;

    StatisticsController(Statistics statistics, StatisticsRows rows, KnownJobs jobs, BookedCosts costs) {
        this.statistics = statistics;
        this.rows = rows;
        this.jobs = jobs;
        this.costs = costs;
    }

    @GetMapping("/v2/jobs/{job_id}/statistics")
    @Refuses(status = 404, when = "There is no such job.")
    @Operation(
            summary = "A job's statistics",
            description = "Over all of its runs that are on record, however many there are; also while others go on. Runs of one task go "
                    + "together: the interval is one over tasks.")
    JobStatistics statistics(
            Caller caller,
            @Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job,
            @Parameter(description = PASSES_AT, schema = @Schema(type = "number", format = "double", defaultValue = "1"))
                    @RequestParam(name = "passes_at", required = false)
                    @Nullable Double passesAt) {
        var known = jobs.require(caller.team(), Asked.job("job_id", job));
        var added = statistics.of(caller.team(), known.id(), Asked.passesAt(passesAt));
        return JobStatistics.of(
                known, added.ends(), added.sums(), added.passed(), costs.of(caller.team(), known.id()).orElse(null), added.times());
    }

    /** A page of a job's tasks. */
    record TaskResults(
            List<TaskResult> items,
            @Schema(description = "As it was applied.") int limit,
            @Schema(description = "To be passed as `cursor` for the page behind this one; null: this is the last.") @Nullable String next) {

        /** @param found one more than wanted, if there are so many */
        static TaskResults of(List<TaskResult> found, int limit) {
            var shown = found.size() > limit ? found.subList(0, limit) : found;
            return new TaskResults(shown, limit, found.size() > limit ? TaskCursor.of(shown.getLast()) : null);
        }
    }

    @GetMapping("/v2/jobs/{job_id}/statistics/tasks")
    @Refuses(status = 404, when = "There is no such job.")
    @Operation(
            summary = "A job's statistics, task by task",
            description = "By the tasks' names: those with a run that is over. At most 1000 to a page.")
    TaskResults tasks(
            Caller caller,
            @Parameter(schema = @Schema(type = "string", maxLength = 200)) @PathVariable("job_id") String job,
            @Parameter(description = PASSES_AT, schema = @Schema(type = "number", format = "double", defaultValue = "1"))
                    @RequestParam(name = "passes_at", required = false)
                    @Nullable Double passesAt,
            @Parameter(schema = @Schema(type = "integer", format = "int32", minimum = "1", defaultValue = "100"))
                    @RequestParam(required = false)
                    @Nullable Integer limit,
            @Parameter(description = "A page's `next`.", schema = @Schema(type = "string", pattern = TaskCursor.PATTERN))
                    @RequestParam(required = false)
                    @Nullable String cursor) {
        var known = jobs.require(caller.team(), Asked.job("job_id", job));
        var most = TaskCursor.limit(limit);
        var after = TaskCursor.read(cursor);
        return TaskResults.of(rows.tasks(caller.team(), known.id(), Asked.passesAt(passesAt), after, most + 1), most);
    }
}
