// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistic;

import dev.assay.kit.number.Moments;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Numbers over runs that have ended. A run counts if it completed with a grade: one that ended in an error, was cancelled, or was never
 * graded is counted, but is in no mean. A failure is not a reward of 0.
 *
 * @param graded runs that are in the mean
 * @param ungraded runs that are not
 * @param standardDeviation of the sample (divided by n - 1): the runs stand for all that the agent might have had; null below two runs
 */
@JsonNaming(SnakeCaseStrategy.class)
record Statistics(
        long runs,
        long graded,
        long ungraded,
        @Nullable Double mean,
        @Nullable Double standardDeviation,
        @Nullable Double min,
        @Nullable Double max) {

    static Statistics of(long runs, Moments rewards, @Nullable Double min, @Nullable Double max) {
        return new Statistics(runs, rewards.count(), runs - rewards.count(), rewards.mean(), rewards.deviation(), min, max);
    }
}
