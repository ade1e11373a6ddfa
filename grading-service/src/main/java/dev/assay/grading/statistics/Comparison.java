// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import dev.assay.contracts.JobId;
import dev.assay.grading.statistics.Pairing.Pair;
import dev.assay.grading.statistics.Pairing.Why;
import dev.assay.grading.statistics.Statistics.Tasks;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A job beside another one, task by task. */
@JsonNaming(SnakeCaseStrategy.class)
record Comparison(
        @Schema(description = "The other one.") JobId jobId,
        @Nullable String name,
        String status,
        @Schema(description = "Whether all of its runs are over, and counted here.") boolean complete,
        @Schema(description = "Of all of its graded runs.") Estimate meanReward,
        @Schema(description = "Tasks that are graded in both jobs.") int pairedCount,
        @Schema(description = "Of those: where it is not known of both that they are of the same version.") long versionUnknownCount,
        @Schema(description = "This job's mean minus the other's.") Difference difference,
        @Schema(description = "Tasks in which this job has the greater mean.") long wins,
        long losses,
        long ties,
        @Schema(description = "Tasks of either job that are in no pair, and why: `only_here`, `only_there`, `other_version`, "
                        + "`other_environment`, `ambiguous`, `unnamed`, `not_graded_here`, `not_graded_there`.")
                Map<String, Long> unpairedBecause,
        @Schema(description = "The first 100 of them.") List<UnpairedTask> unpaired) {

    private static final int SHOWN = 100;

    /** A task that is compared with nothing. */
    @JsonNaming(SnakeCaseStrategy.class)
    record UnpairedTask(@Nullable String taskSlug, @Nullable String environment, @Nullable UUID taskVersionId, String why) {}

    /** One task of this job, beside the same of others. */
    @JsonNaming(SnakeCaseStrategy.class)
    record ComparedTask(
            @Nullable String taskSlug,
            @Nullable String environment,
            @Nullable UUID taskVersionId,
            long gradedCount,
            @Nullable Double meanReward,
            @Schema(description = "In the order in which the others were asked for.") List<OtherResult> others) {}

    /** How another job did in it. */
    @JsonNaming(SnakeCaseStrategy.class)
    record OtherResult(
            JobId jobId,
            long gradedCount,
            @Nullable Double meanReward,
            @Schema(description = "This job's mean minus that one; null: it is in no pair.") @Nullable Double difference,
            @Schema(description = "`win` where this job has the greater mean, `loss`, `tie`; null: it is in no pair.")
                    @Nullable String outcome) {}

    static Comparison of(Tasks other, Pairing pairing) {
        var pairs = pairing.pairs();
        var because = new TreeMap<String, Long>();
        pairing.reasons().forEach((why, many) -> because.put(word(why), many));
        return new Comparison(
                other.job().id(),
                other.job().name(),
                other.job().status(),
                other.isComplete(),
                other.mean(),
                pairs.size(),
                pairs.stream().filter(pair -> !pair.isOfKnownVersion()).count(),
                Difference.of(pairs),
                count(pairs, "win"),
                count(pairs, "loss"),
                count(pairs, "tie"),
                because,
                pairing.alone().stream()
                        .limit(SHOWN)
                        .map(alone -> new UnpairedTask(
                                alone.task().taskSlug(), alone.task().environment(), alone.task().taskVersionId(), word(alone.why())))
                        .toList());
    }

    /** This job's tasks with what the others have of them. */
    static List<ComparedTask> rows(List<TaskResult> shown, Map<JobId, Pairing> pairings) {
        var partners = new HashMap<JobId, Map<TaskResult, Pair>>();
        pairings.forEach((job, pairing) -> {
            var pairs = new HashMap<TaskResult, Pair>();
            pairing.pairs().forEach(pair -> pairs.put(pair.mine(), pair));
            partners.put(job, pairs);
        });
        return shown.stream()
                .map(task -> new ComparedTask(
                        task.taskSlug(),
                        task.environment(),
                        task.taskVersionId(),
                        task.gradedCount(),
                        task.meanReward(),
                        pairings.keySet().stream().map(job -> result(job, partners.get(job).get(task))).toList()))
                .toList();
    }

    private static OtherResult result(JobId job, @Nullable Pair pair) {
        return pair == null
                ? new OtherResult(job, 0, null, null, null)
                : new OtherResult(job, pair.other().gradedCount(), pair.other().meanReward(), pair.difference(), outcome(pair));
    }

    private static String outcome(Pair pair) {
        return pair.difference() > 0 ? "win" : pair.difference() < 0 ? "loss" : "tie";
    }

    private static long count(List<Pair> pairs, String outcome) {
        return pairs.stream().filter(pair -> outcome(pair).equals(outcome)).count();
    }

    private static String word(Why why) {
        return why.name().toLowerCase(Locale.ROOT);
    }
}
