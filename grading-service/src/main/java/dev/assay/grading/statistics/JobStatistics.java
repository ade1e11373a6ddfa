// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import dev.assay.contracts.Failure;
import dev.assay.contracts.JobId;
import dev.assay.grading.statistics.KnownJobs.KnownJob;
import dev.assay.grading.statistics.StatisticsRows.Ended;
import dev.assay.grading.statistics.StatisticsRows.Sums;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** What the grades of a job add up to. */
@JsonNaming(SnakeCaseStrategy.class)
record JobStatistics(
        JobId jobId,
        @Schema(description = "As job-service says it.") String status,
        @Schema(description = "Whether all runs are over and all of their ends are counted here.") boolean complete,
        @Schema(description = "graded_count + left_out_count + open_count.") long runCount,
        @Schema(description = "Runs that completed with a grade: those in the mean.") long gradedCount,
        @Schema(description = "Runs that are over and in no mean: a failure is not a reward of 0.") long leftOutCount,
        @Schema(
                        description = "Why, how many by each reason that there is: whose failure it was (`agent`, `environment`, `grader`, "
                                + "`model`, `infrastructure`), `unknown` where nobody said so, `cancelled`, `no_grade`.",
                        example = "{\"infrastructure\": 2, \"no_grade\": 1}")
                Map<String, Long> leftOutBecause,
        @Schema(description = "Runs that are queued, go on, or ended a moment ago.") long openCount,
        @Schema(description = "Tasks with a graded run: what an interval goes by.") long taskCount,
        Estimate meanReward,
        PassRates passRates,
        Spread withinTasks,
        @Schema(description = "null: the gateway cannot be asked just now.") @Nullable Cost cost,
        Times time,
        @Schema(description = "Runs that ended in an error, the most frequent kind first.") List<JobError> errors) {

    /** Errors of one kind. */
    @JsonNaming(SnakeCaseStrategy.class)
    record JobError(
            @Schema(description = "Whose failure it was; null: nobody said so.") @Nullable String kind,
            @Schema(description = "How far the run had come; null: unknown.") @Nullable String phase,
            long runs) {}

    /** What is known of a job's runs that are over. */
    record Ends(List<Ended> ended) {

        long graded() {
            return ended.stream().filter(Ended::graded).mapToLong(Ended::runs).sum();
        }

        long leftOut() {
            return ended.stream().filter(end -> !end.graded()).mapToLong(Ended::runs).sum();
        }

        /** Whether they are the ends that job-service has counted, of all its runs. */
        boolean areAllOf(KnownJob job) {
            return job.runs() > 0 && job.over() == job.runs() && graded() + leftOut() == job.runs() && told() == job.graded();
        }

        private long told() {
            return ended.stream().filter(Ended::told).mapToLong(Ended::runs).sum();
        }

        private Map<String, Long> because() {
            var because = new LinkedHashMap<String, Long>();
            Arrays.stream(Failure.Kind.values()).map(Failure.Kind::wire).forEach(kind -> because.put(kind, 0L));
            List.of("unknown", "cancelled", "no_grade").forEach(reason -> because.put(reason, 0L)); // in this order
            ended.stream().filter(end -> !end.graded()).forEach(end -> because.merge(reason(end), end.runs(), Long::sum));
            because.values().removeIf(many -> many == 0);
            return because;
        }

        private static String reason(Ended end) {
            return switch (end.status()) {
                case "cancelled" -> "cancelled";
                case "error" -> end.kind() == null ? "unknown" : end.kind();
                default -> end.kind() == null ? "no_grade" : end.kind();
            };
        }

        private List<JobError> errors() {
            return ended.stream()
                    .filter(end -> end.status().equals("error"))
                    .map(end -> new JobError(end.kind(), end.phase(), end.runs()))
                    .toList();
        }
    }

    static JobStatistics of(KnownJob job, Ends ends, Sums sums, PassRates passed, @Nullable Cost cost, Times time) {
        var over = ends.graded() + ends.leftOut();
        var runs = Math.max(job.runs(), over);
        return new JobStatistics(
                job.id(), job.status(), ends.areAllOf(job), runs, ends.graded(), ends.leftOut(), ends.because(), runs - over,
                sums.sample().tasks(), Estimate.of(sums.sample()), passed, sums.spread(), cost, time, ends.errors());
    }
}
