// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import io.swagger.v3.oas.annotations.media.Schema;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** How likely of some runs of a task one passes, or all do. */
@JsonNaming(SnakeCaseStrategy.class)
record PassRates(
        @Schema(description = "From this reward on a run has passed.") double passesAt,
        long passedCount,
        @Schema(description = "For each number of runs that at least half of the tasks have graded.") List<PassRate> items,
        String formula) {

    private static final String FORMULA =
            "of a task with n graded runs of which c passed: pass@k = 1 - C(n-c,k)/C(n,k) (Chen et al. 2021, arXiv 2107.03374), pass^k = "
                    + "C(c,k)/C(n,k) (Yao et al. 2024, arXiv 2406.12045); each the mean over the tasks with n ≥ k";

    private static final int[] SIZES = {1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 100, 128, 256, 512, 1024};

    /** Both for one number of runs. */
    @JsonNaming(SnakeCaseStrategy.class)
    record PassRate(
            int k,
            @Schema(description = "Of how many tasks these are the mean: those with at least k graded runs.") long tasks,
            @Schema(description = "At least one of k runs passes.") double passAtK,
            @Schema(description = "All of k runs pass.") double passHatK) {}

    /** So many tasks have {@code runs} graded runs, of which {@code passed} passed. */
    record Tally(long runs, long passed, long tasks) {}

    static PassRates of(double passesAt, List<Tally> tallies) {
        var tasks = tallies.stream().mapToLong(Tally::tasks).sum();
        var items = Arrays.stream(SIZES)
                .filter(k -> 2 * with(k, tallies) >= tasks && tasks > 0)
                .mapToObj(k -> rate(k, tallies))
                .toList();
        return new PassRates(passesAt, tallies.stream().mapToLong(one -> one.passed() * one.tasks()).sum(), items, FORMULA);
    }

    private static long with(int k, List<Tally> tallies) {
        return tallies.stream().filter(one -> one.runs() >= k).mapToLong(Tally::tasks).sum();
    }

    private static PassRate rate(int k, List<Tally> tallies) {
        var enough = tallies.stream().filter(one -> one.runs() >= k).toList();
        var tasks = with(k, enough);
        return new PassRate(
                k,
                tasks,
                enough.stream().mapToDouble(one -> one.tasks() * (1 - share(one.runs() - one.passed(), one.runs(), k))).sum() / tasks,
                enough.stream().mapToDouble(one -> one.tasks() * share(one.passed(), one.runs(), k)).sum() / tasks);
    }

    /** C(some,k) / C(all,k), without numbers that overflow. */
    static double share(long some, long all, int k) {
        var share = 1.0;
        for (var i = 0; i < k && share > 0; i++) {
            share *= Math.max(0, some - i) / (double) (all - i);
        }
        return share;
    }
}
