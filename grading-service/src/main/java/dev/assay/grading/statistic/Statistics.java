// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.statistic;

import dev.assay.grading.grade.Grade;
import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Numbers over runs that have ended. Runs that were never graded are counted, but are in no mean: a failure is not a reward of 0.
 *
 * @param standardDeviation of the sample (divided by n - 1): the runs stand for all that the agent might have had; null below two runs
 */
@JsonNaming(SnakeCaseStrategy.class)
record Statistics(
        int runs,
        int graded,
        int ungraded,
        @Nullable Double mean,
        @Nullable Double standardDeviation,
        @Nullable Double min,
        @Nullable Double max) {

    static Statistics of(Collection<Grade> grades) {
        var rewards = grades.stream().filter(Grade::isGraded).mapToDouble(Grade::reward).toArray();
        var ungraded = grades.size() - rewards.length;
        if (rewards.length == 0) {
            return new Statistics(grades.size(), 0, ungraded, null, null, null, null);
        }
        var mean = Arrays.stream(rewards).sum() / rewards.length;
        var min = Arrays.stream(rewards).min().getAsDouble();
        var max = Arrays.stream(rewards).max().getAsDouble();
        return new Statistics(grades.size(), rewards.length, ungraded, mean, deviation(rewards, mean), min, max);
    }

    private static @Nullable Double deviation(double[] rewards, double mean) {
        if (rewards.length < 2) {
            return null;
        }
        var squares = Arrays.stream(rewards).map(reward -> (reward - mean) * (reward - mean)).sum();
        return Math.sqrt(squares / (rewards.length - 1));
    }
}
