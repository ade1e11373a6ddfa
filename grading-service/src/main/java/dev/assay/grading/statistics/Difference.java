// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import dev.assay.grading.statistics.Pairing.Pair;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** By how much one job's mean is above another's, over the tasks that both have. */
@JsonNaming(SnakeCaseStrategy.class)
record Difference(
        @Schema(description = "Of the means, each the mean of its tasks' means; null: no task is in both.") @Nullable Double mean,
        @Nullable Double standardError,
        @Schema(description = "The lower end of the paired interval of 95 %; null: there is too little to say.") @Nullable Double low,
        @Schema(description = "Its upper end.") @Nullable Double high,
        @Schema(
                        description = "How the interval was made: `paired_t`; `paired_t_one_more` (every reward is 0 or 1); `runs_t` (one "
                                + "task, and it speaks of that task alone); or `none`.")
                String method,
        String formula) {

    private static final String PAIRED = "d of each task in both: the difference of its means; mean(d) ± t(0.975, T-1) · se, T tasks";

    private enum Method {
        PAIRED_T("paired_t", PAIRED + ", se² = Σ (d - mean(d))² / (T(T-1)) (Miller 2024, arXiv 2411.00640)"),
        PAIRED_T_ONE_MORE(
                "paired_t_one_more",
                PAIRED + ", se² = (Σ (d - mean(d))² + u²) / (T(T-1)), u what one run is worth: the mean of (1/n + 1/m)/2"),
        RUNS_T("runs_t", "one task: se² = s²/n + r²/m, s and r the deviations of its n and m runs; t(0.975, min(n, m)-1)"),
        NONE("none", "too few tasks, or too few runs of one task, or all of its runs alike");

        private final String wire;
        private final String formula;

        Method(String wire, String formula) {
            this.wire = wire;
            this.formula = formula;
        }
    }

    static Difference of(List<Pair> pairs) {
        if (pairs.isEmpty()) {
            return of(null, null, 0, Method.NONE);
        }
        var mean = pairs.stream().mapToDouble(Pair::difference).average().orElseThrow();
        return pairs.size() == 1 ? ofRuns(mean, pairs.getFirst()) : ofTasks(mean, pairs);
    }

    private static Difference ofTasks(double mean, List<Pair> pairs) {
        var squares = pairs.stream().mapToDouble(pair -> square(pair.difference() - mean)).sum();
        var passOrFail = pairs.stream().allMatch(pair -> pair.mine().passOrFail() && pair.other().passOrFail());
        if (passOrFail) {
            squares += square(pairs.stream().mapToDouble(Difference::worthOfOneRun).average().orElseThrow());
        }
        var tasks = pairs.size();
        var error = Math.sqrt(squares / ((double) tasks * (tasks - 1)));
        return of(mean, error, StudentT.quantile975(tasks - 1), passOrFail ? Method.PAIRED_T_ONE_MORE : Method.PAIRED_T);
    }

    private static double worthOfOneRun(Pair pair) {
        return (1.0 / pair.mine().gradedCount() + 1.0 / pair.other().gradedCount()) / 2;
    }

    private static Difference ofRuns(double mean, Pair pair) {
        var mine = pair.mine();
        var other = pair.other();
        var runs = Math.min(mine.gradedCount(), other.gradedCount());
        if (runs < 2) {
            return of(mean, null, 0, Method.NONE);
        }
        var error = Math.sqrt(square(Objects.requireNonNull(mine.standardDeviation())) / mine.gradedCount()
                + square(Objects.requireNonNull(other.standardDeviation())) / other.gradedCount());
        return of(mean, error, StudentT.quantile975(runs - 1), error == 0 ? Method.NONE : Method.RUNS_T);
    }

    private static double square(double value) {
        return value * value;
    }

    private static Difference of(@Nullable Double mean, @Nullable Double error, double t, Method method) {
        var known = mean != null && error != null && method != Method.NONE && Double.isFinite(t * error) && Double.isFinite(mean);
        return new Difference(
                mean != null && Double.isFinite(mean) ? mean : null,
                error != null && Double.isFinite(error) ? error : null,
                known ? Double.valueOf(mean - t * error) : null,
                known ? Double.valueOf(mean + t * error) : null,
                (known ? method : Method.NONE).wire,
                (known ? method : Method.NONE).formula);
    }
}
