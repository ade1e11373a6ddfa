// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import io.swagger.v3.oas.annotations.media.Schema;
import java.math.BigDecimal;
import java.math.MathContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** A mean of rewards, and how far it can be trusted. */
@JsonNaming(SnakeCaseStrategy.class)
record Estimate(
        @Schema(description = "Over all graded runs; null: there is none.") @Nullable Double mean,
        @Nullable Double standardError,
        @Schema(description = "The lower end of the interval of 95 %; null: there is too little to say.") @Nullable Double low,
        @Schema(description = "Its upper end.") @Nullable Double high,
        @Schema(
                        description = "How the interval was made: `cluster_t`, `cluster_wilson` (every reward is 0 or 1), `runs_t`, "
                                + "`runs_wilson` (all runs are of one task, and it speaks of that task alone), or `none`.")
                String method,
        @Schema(description = "The formula of that, in short; `docs/statistics.md` has them all, with their sources.") String formula) {

    private static final MathContext DIGITS = new MathContext(40);

    private static final String CLUSTERED =
            "se² = C/(C-1) · Σ_tasks (Σ_runs (x - mean))² / n², C tasks, n runs: cluster-robust (Miller 2024, arXiv 2411.00640)";

    private enum Method {
        CLUSTER_T("cluster_t", CLUSTERED + "; mean ± t(0.975, C-1) · se"),
        CLUSTER_WILSON(
                "cluster_wilson",
                CLUSTERED + "; Wilson's interval with t(0.975, C-1) for m = min(n, p(1-p)/se²) runs, m = C where all or none passed"),
        RUNS_T("runs_t", "one task: se² = Σ (x - mean)² / (n(n-1)); mean ± t(0.975, n-1) · se"),
        RUNS_WILSON("runs_wilson", "one task: se² = p(1-p)/(n-1); Wilson's interval with t(0.975, n-1) for n runs"),
        TOO_FEW("none", "one run has no spread"),
        ALL_ALIKE("none", "all rewards are alike, and no pass or fail: that says nothing of what others would be"),
        EMPTY("none", "no run is graded");

        private final String wire;
        private final String formula;

        Method(String wire, String formula) {
            this.wire = wire;
            this.formula = formula;
        }
    }

    static Estimate of(Sample sample) {
        if (sample.runs() == 0) {
            return of(null, null, null, null, Method.EMPTY);
        }
        var n = BigDecimal.valueOf(sample.runs());
        var mean = sample.total().divide(n, DIGITS).doubleValue();
        if (sample.runs() == 1) {
            return of(mean, null, null, null, Method.TOO_FEW);
        }
        var one = sample.tasks() == 1;
        var variance = one ? ofRuns(sample, n) : ofTasks(sample, n);
        var error = Math.sqrt(variance.doubleValue());
        var t = StudentT.quantile975((one ? sample.runs() : sample.tasks()) - 1);
        if (sample.passOrFail()) {
            var ends = wilson(mean, one ? sample.runs() : effective(sample, mean, error), t);
            return of(mean, error, ends[0], ends[1], one ? Method.RUNS_WILSON : Method.CLUSTER_WILSON);
        }
        return variance.signum() == 0
                ? of(mean, error, null, null, Method.ALL_ALIKE)
                : of(mean, error, mean - t * error, mean + t * error, one ? Method.RUNS_T : Method.CLUSTER_T);
    }

    /** The square of the standard error, runs of one task going together: exact up to the division. */
    private static BigDecimal ofTasks(Sample sample, BigDecimal n) {
        var tasks = BigDecimal.valueOf(sample.tasks());
        var residuals = n.multiply(n).multiply(sample.totals())
                .subtract(n.multiply(sample.total()).multiply(sample.cross()).multiply(BigDecimal.TWO))
                .add(sample.total().multiply(sample.total()).multiply(sample.sizes()));
        return residuals.multiply(tasks).divide(n.pow(4).multiply(tasks.subtract(BigDecimal.ONE)), DIGITS);
    }

    private static BigDecimal ofRuns(Sample sample, BigDecimal n) {
        var residuals = n.multiply(sample.squares()).subtract(sample.total().multiply(sample.total()));
        return residuals.divide(n.multiply(n).multiply(n.subtract(BigDecimal.ONE)), DIGITS);
    }

    /** As how many runs that have nothing to do with each other these count. */
    private static double effective(Sample sample, double p, double error) {
        if (p == 0 || p == 1) {
            return sample.tasks(); // whether runs of one task go together cannot be seen
        }
        return error == 0 ? sample.runs() : Math.min(sample.runs(), p * (1 - p) / (error * error));
    }

    /** Never beyond 0 and 1, and no point where all runs passed, or none. */
    private static double[] wilson(double p, double m, double t) {
        var t2 = t * t;
        var centre = p + t2 / (2 * m);
        var half = t * Math.sqrt(p * (1 - p) / m + t2 / (4 * m * m));
        return new double[] {Math.max(0, (centre - half) / (1 + t2 / m)), Math.min(1, (centre + half) / (1 + t2 / m))};
    }

    private static Estimate of(
            @Nullable Double mean, @Nullable Double error, @Nullable Double low, @Nullable Double high, Method method) {
        return new Estimate(finite(mean), finite(error), finite(low), finite(high), method.wire, method.formula);
    }

    /** Rewards near the largest double have ends beyond it. */
    private static @Nullable Double finite(@Nullable Double value) {
        return value != null && Double.isFinite(value) ? value : null;
    }
}
