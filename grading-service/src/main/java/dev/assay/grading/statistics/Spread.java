// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistics;

import io.swagger.v3.oas.annotations.media.Schema;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** How far the runs of one task lie apart. */
@JsonNaming(SnakeCaseStrategy.class)
record Spread(
        @Schema(description = "Tasks with two graded runs or more: what follows is of those.") long tasks,
        @Nullable Double meanStandardDeviation,
        @Schema(description = "Tasks all of whose graded runs have the same reward: nothing is learned from how they differ.")
                long withoutSpread,
        @Nullable Double shareWithoutSpread,
        String formula) {

    private static final String FORMULA = "the mean over those tasks of √(Σ (x - mean)² / (n-1)), and how many of these are 0";

    static Spread of(long tasks, long alike, @Nullable BigDecimal deviation) {
        var mean = deviation == null ? null : Double.valueOf(deviation.doubleValue());
        var share = tasks == 0 ? null : Double.valueOf((double) alike / tasks);
        return new Spread(tasks, mean != null && Double.isFinite(mean) ? mean : null, alike, share, FORMULA);
    }
}
