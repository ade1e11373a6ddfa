// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.datum;

import java.util.stream.IntStream;

/**
 * How much better each was than its group: A = s·r − mean of s·r over its group (arXiv 2402.03300, without the division by the spread, which
 * rewards a group for being nearly of one mind). Groups are the slices of the batch, in order; nothing is sorted anew.
 */
public final class Advantages {

    /** The spread below which a group is of one mind. */
    private static final double FLAT = 1e-8;

    private Advantages() {}

    /**
     * @param groupSize of each slice, of which the number of rewards is a multiple
     * @param scale s, by which rewards are multiplied
     * @param normalized whether each is divided by its group's standard deviation (of the whole group: n, not n − 1); a flat group is 0 all the same
     */
    public static double[] of(double[] rewards, int groupSize, double scale, boolean normalized) {
        if (groupSize < 1 || rewards.length % groupSize != 0) {
            throw new IllegalArgumentException(rewards.length + " rewards are no groups of " + groupSize);
        }
        var advantages = new double[rewards.length];
        for (int from = 0; from < rewards.length; from += groupSize) {
            if (isFlat(rewards, from, groupSize)) {
                continue;
            }
            double mean = 0;
            for (int i = from; i < from + groupSize; i++) {
                mean += scale * rewards[i] / groupSize;
            }
            double squares = 0;
            for (int i = from; i < from + groupSize; i++) {
                advantages[i] = scale * rewards[i] - mean;
                squares += advantages[i] * advantages[i] / groupSize;
            }
            double spread = Math.sqrt(squares);
            for (int i = from; normalized && spread >= FLAT && i < from + groupSize; i++) {
                advantages[i] /= spread;
            }
        }
        return advantages;
    }

    /** How many of the slices have something to learn from. */
    public static int groupsWithSpread(double[] rewards, int groupSize) {
        return (int) IntStream.range(0, rewards.length / groupSize)
                .filter(group -> !isFlat(rewards, group * groupSize, groupSize))
                .count();
    }

    /** Exactly: of equal rewards a mean may differ in its last digits, and what is nothing must be nothing. */
    private static boolean isFlat(double[] rewards, int from, int groupSize) {
        return IntStream.range(from + 1, from + groupSize).allMatch(i -> rewards[i] == rewards[from]);
    }
}
