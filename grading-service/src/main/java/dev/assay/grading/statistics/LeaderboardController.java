// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import dev.assay.contracts.JobId;
import dev.assay.contracts.TasksetId;
import dev.assay.grading.statistics.StatisticsRows.Ranked;
import dev.assay.grading.statistics.StatisticsRows.Taken;
import dev.assay.kit.identity.Admits;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.openapi.Refuses;
import dev.assay.kit.problem.Problem;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** Which agent with which model did best on a taskset. */
@RestController
@Admits(Role.VIEWER)
@Tag(name = "Statistics")
class LeaderboardController {

    private static final int MOST = 100;
    private static final String WHERE = "^[^=]{1,200}=[\\s\\S]{1,1000}$";

    private final StatisticsRows rows;
    private final KnownJobs jobs;
    private final BookedCosts costs;

    LeaderboardController(StatisticsRows rows, KnownJobs jobs, BookedCosts costs) {
        this.rows = rows;
        this.jobs = jobs;
        this.costs = costs;
    }

    /** An agent with a model. */
    @JsonNaming(SnakeCaseStrategy.class)
    record LeaderboardRow(
            @Schema(description = "null: not known, as of what clients drive themselves.") @Nullable String agent,
            @Schema(description = "null: not known.") @Nullable String model,
            Estimate meanReward,
            @Schema(description = "Tasks with a graded run, by their names: those of several jobs and versions are one.") long taskCount,
            @Schema(description = "Those that are over.") long runCount,
            long gradedCount,
            long leftOutCount,
            int jobCount,
            @Schema(description = "Of its jobs; null: it shares one with another agent or model, the gateway cannot be asked just now, or not all "
                            + "tasks count.")
                    @Nullable Cost cost) {}

    /** The best first. */
    @JsonNaming(SnakeCaseStrategy.class)
    record Leaderboard(
            TasksetId tasksetId,
            @Schema(description = "Jobs whose runs count here: the newest 1000.") int jobCount,
            @Schema(description = "Older ones, which do not.") long olderJobCount,
            @Schema(description = "At most 100.") List<LeaderboardRow> items) {}

    @GetMapping("/v2/tasksets/{id}/leaderboard")
    @Refuses(status = 404, when = "There is no such taskset.")
    @Operation(
            summary = "A taskset's leaderboard",
            description = "Agents with their models, by the mean of their graded runs in the jobs of this taskset. Whoever ran few of its "
                    + "tasks, or easy ones, is not comparable: see task_count. With `where` only the tasks count that have that "
                    + "value in that column now.")
    Leaderboard leaderboard(
            @PathVariable TasksetId id,
            @Parameter(
                            description = "One of the tasks' `columns`, `=`, and what they have there, as text; of a list, one of it.",
                            example = "difficulty=hard",
                            schema = @Schema(type = "string", pattern = WHERE))
                    @RequestParam(required = false)
                    @Nullable String where,
            Caller caller) {
        if (where != null && !where.matches(WHERE)) {
            throw Problem.badRequest("where", "must be a column of the tasks, '=', and what they have there");
        }
        var found = jobs.ofTaskset(caller.team(), id);
        var tasks = where == null ? null : jobs.tasksWith(caller.team(), id, where.split("=", 2)[0], where.split("=", 2)[1]);
        var ranked = rows.ranked(caller.team(), found.jobs(), tasks, MOST);
        var taken = rows.taken(caller.team(), found.jobs());
        var booked = ranked.isEmpty() || tasks != null ? Optional.<Map<JobId, Cost>>empty() : costs.byJob(caller.team());
        var items = ranked.stream().map(one -> row(one, taken, booked)).toList();
        return new Leaderboard(id, found.jobs().size(), Math.max(0, found.total() - found.jobs().size()), items);
    }

    private static LeaderboardRow row(Ranked one, Collection<Taken> taken, Optional<Map<JobId, Cost>> booked) {
        var own = taken.stream()
                .filter(part -> Objects.equals(part.agent(), one.agent()) && Objects.equals(part.model(), one.model()))
                .map(Taken::job)
                .collect(Collectors.toSet());
        var shared = taken.stream().filter(part -> own.contains(part.job())).count() > own.size();
        return new LeaderboardRow(
                one.agent(),
                one.model(),
                Estimate.of(one.sample()),
                one.sample().tasks(),
                one.over(),
                one.sample().runs(),
                one.over() - one.sample().runs(),
                own.size(),
                shared ? null : booked.map(costs -> sum(own, costs)).orElse(null));
    }

    private static Cost sum(Collection<JobId> jobs, Map<JobId, Cost> costs) {
        return jobs.stream().map(job -> costs.getOrDefault(job, Cost.NOTHING)).reduce(Cost.NOTHING, Cost::plus);
    }
}
