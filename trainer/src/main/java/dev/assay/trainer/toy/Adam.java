// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.toy;

import dev.assay.contracts.training.Call;

/**
 * AdamW (arXiv 1711.05101): Adam (arXiv 1412.6980) whose decay of weights is apart from the gradient. A row that nothing was ever added to
 * has no moments, and only decays.
 *
 * @param first moment of each weight
 * @param second moment
 * @param steps made so far
 */
record Adam(Table first, Table second, int steps) {

    static Adam fresh() {
        return new Adam(new Table(), new Table(), 0);
    }

    /** The weights are changed where they are, and so are the moments. */
    Adam step(Table weights, Gradient gradient, Call.Rate rate) {
        int step = steps + 1;
        double unbiased1 = 1 - StrictMath.pow(rate.beta1(), step);
        double unbiased2 = 1 - StrictMath.pow(rate.beta2(), step);
        for (int row = 0; row < Features.ROWS; row++) {
            var added = gradient.row(row);
            if (added != null || first.row(row) != null) {
                move(weights.touch(row), added == null ? new double[Vocabulary.SIZE] : added, first.touch(row), second.touch(row),
                        unbiased1, unbiased2, rate);
            } else if (rate.weightDecay() > 0 && weights.row(row) instanceof float[] untouched) {
                for (int i = 0; i < untouched.length; i++) {
                    untouched[i] -= (float) (rate.learningRate() * rate.weightDecay() * untouched[i]);
                }
            }
        }
        return new Adam(first, second, step);
    }

    private static void move(
            float[] weights, double[] gradient, float[] first, float[] second, double unbiased1, double unbiased2, Call.Rate rate) {
        for (int i = 0; i < weights.length; i++) {
            first[i] = (float) (rate.beta1() * first[i] + (1 - rate.beta1()) * gradient[i]);
            second[i] = (float) (rate.beta2() * second[i] + (1 - rate.beta2()) * gradient[i] * gradient[i]);
            double move = first[i] / unbiased1 / (Math.sqrt(second[i] / unbiased2) + rate.eps());
            weights[i] -= (float) (rate.learningRate() * (move + rate.weightDecay() * weights[i]));
        }
    }
}
