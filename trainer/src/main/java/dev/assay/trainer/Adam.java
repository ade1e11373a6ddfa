// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer;

/**
 * AdamW (arXiv 1711.05101): Adam whose decay of weights is apart from the gradient.
 *
 * @param first moment of each weight
 * @param second moment
 * @param steps made so far
 */
public record Adam(float[] first, float[] second, int steps) {

    /** @param weightDecay a part of the weight that is taken off at each step, times the learning rate */
    public record Rate(double learningRate, double beta1, double beta2, double eps, double weightDecay) {}

    public static Adam fresh(int weights) {
        return new Adam(new float[weights], new float[weights], 0);
    }

    /** The weights are changed where they are, and so are the moments. */
    public Adam step(float[] weights, double[] gradient, Rate rate) {
        int step = steps + 1;
        double unbiased1 = 1 - Math.pow(rate.beta1(), step);
        double unbiased2 = 1 - Math.pow(rate.beta2(), step);
        for (int i = 0; i < weights.length; i++) {
            first[i] = (float) (rate.beta1() * first[i] + (1 - rate.beta1()) * gradient[i]);
            second[i] = (float) (rate.beta2() * second[i] + (1 - rate.beta2()) * gradient[i] * gradient[i]);
            double move = first[i] / unbiased1 / (Math.sqrt(second[i] / unbiased2) + rate.eps());
            weights[i] -= (float) (rate.learningRate() * (move + rate.weightDecay() * weights[i]));
        }
        return new Adam(first, second, step);
    }
}
