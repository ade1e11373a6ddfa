// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.toy;

import java.util.random.RandomGenerator;

/**
 * A soft-max over the vocabulary, whose logits are the sum of the rows of a table that a place's {@link Features} name. Exact: what it samples
 * with is what it is trained on.
 *
 * @param table row by row, one number for each token of the vocabulary
 */
record Policy(float[] table) {

    private static final float LIKELY = 60;

    Policy {
        if (table.length != Features.ROWS * Vocabulary.SIZE) {
            throw new IllegalArgumentException("a table of " + table.length + " numbers");
        }
    }

    /** Knows nothing, but that an answer is short: a digit, any of them, and then its end. */
    static Policy base() {
        var table = new float[Features.ROWS * Vocabulary.SIZE];
        var begin = Features.of(new int[] {Vocabulary.ASSISTANT}, 1);
        for (int digit = '0'; digit <= '9'; digit++) {
            table[begin[1] * Vocabulary.SIZE + digit] = LIKELY;
            int[] afterIt = Features.of(new int[] {Vocabulary.ASSISTANT, digit}, 2);
            table[afterIt[1] * Vocabulary.SIZE + Vocabulary.END] = 2 * LIKELY;
        }
        return new Policy(table);
    }

    /** Log-probabilities of every token at the place behind the first tokens. */
    double[] logprobs(int[] tokens, int length) {
        var logits = new double[Vocabulary.SIZE];
        var rows = Features.of(tokens, length);
        for (int number = 0; number < rows.length; number++) {
            for (int token = 0; token < Vocabulary.SIZE; token++) {
                logits[token] += Features.share(number) * table[rows[number] * Vocabulary.SIZE + token];
            }
        }
        double most = Double.NEGATIVE_INFINITY;
        for (double logit : logits) {
            most = Math.max(most, logit);
        }
        double sum = 0;
        for (double logit : logits) {
            sum += Math.exp(logit - most);
        }
        double all = most + Math.log(sum);
        for (int token = 0; token < logits.length; token++) {
            logits[token] -= all;
        }
        return logits;
    }

    /** Adds the gradient of −weight·ℓ, ℓ being the log-probability of a token there. */
    void accumulate(int[] tokens, int length, int token, double weight, double[] gradient) {
        var logprobs = logprobs(tokens, length);
        var rows = Features.of(tokens, length);
        for (int number = 0; number < rows.length; number++) {
            double part = weight * Features.share(number);
            for (int other = 0; other < Vocabulary.SIZE; other++) {
                gradient[rows[number] * Vocabulary.SIZE + other] += part * (Math.exp(logprobs[other]) - (other == token ? 1 : 0));
            }
        }
    }

    /** One token. */
    int sample(int[] tokens, int length, RandomGenerator random) {
        var logprobs = logprobs(tokens, length);
        double left = random.nextDouble();
        for (int token = 0; token < logprobs.length; token++) {
            left -= Math.exp(logprobs[token]);
            if (left < 0) {
                return token;
            }
        }
        return Vocabulary.END; // what rounding left
    }
}
