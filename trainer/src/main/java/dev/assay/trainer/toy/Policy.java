// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.toy;

/**
 * A soft-max over the vocabulary, whose logits are the sum of the rows of a table that a place's {@link Features} name, each times its
 * {@link Features#share}. In double arithmetic: what it samples with is what it is trained on. And in {@link StrictMath}, which is the same
 * on every machine: what a trainer did that died is done again to the last bit by another.
 */
record Policy(Table table) {

    /** Of a token's logit; e¹⁶ as likely as what nothing is known of, when a row counts a tenth: of a million answers a few are none. */
    private static final float LIKELY = 160;

    /**
     * Knows nothing, but that an answer is short: a digit, any of them, and then its end. Where something can be called it is one of the
     * choices, or a digit, or nothing, each as likely as the others.
     */
    static Policy base() {
        var table = new Table();
        var answer = table.touch(Features.before(Vocabulary.ASSISTANT));
        for (int digit = '0'; digit <= '9'; digit++) {
            answer[digit] = LIKELY;
            table.touch(Features.before(digit))[Vocabulary.END] = 2 * LIKELY;
        }
        for (int choices = 1; choices <= Vocabulary.CALLS; choices++) {
            var acting = table.touch(Features.before(Vocabulary.ACTING + choices));
            for (int digit = '0'; digit <= '9'; digit++) {
                acting[digit] = (float) (LIKELY - StrictMath.log(10) / Features.COMMON);
            }
            acting[Vocabulary.END] = LIKELY;
            for (int choice = 0; choice < choices; choice++) {
                acting[Vocabulary.CALL + choice] = LIKELY;
            }
            table.touch(Features.before(Vocabulary.CALL + choices - 1))[Vocabulary.END] = 2 * LIKELY;
        }
        return new Policy(table);
    }

    /** Log-probabilities of every token at a place, by the rows that it is seen as. */
    double[] logprobs(int[] rows) {
        return normal(logits(rows));
    }

    double[] logits(int[] rows) {
        var logits = new double[Vocabulary.SIZE];
        for (int number = 0; number < rows.length; number++) {
            var row = table.row(rows[number]);
            if (row != null) {
                double share = Features.share(number, rows.length);
                for (int token = 0; token < Vocabulary.SIZE; token++) {
                    logits[token] += share * row[token];
                }
            }
        }
        return logits;
    }

    /** Makes log-probabilities of logits, where they stand. */
    static double[] normal(double[] logits) {
        double most = Double.NEGATIVE_INFINITY;
        for (double logit : logits) {
            most = Math.max(most, logit);
        }
        double sum = 0;
        for (double logit : logits) {
            sum += StrictMath.exp(logit - most);
        }
        double all = most + StrictMath.log(sum);
        for (int token = 0; token < logits.length; token++) {
            logits[token] -= all;
        }
        return logits;
    }

    static double entropy(double[] logprobs) {
        double sum = 0;
        for (double logprob : logprobs) {
            sum -= StrictMath.exp(logprob) * logprob;
        }
        return sum;
    }

    /** Adds the gradient of −weight·ℓ, ℓ being the log-probability of a token: by its logit weight·(p − 1), by each other's weight·p. */
    void accumulate(int[] rows, int token, double weight, Gradient gradient) {
        var slopes = logprobs(rows);
        for (int other = 0; other < Vocabulary.SIZE; other++) {
            slopes[other] = StrictMath.exp(slopes[other]) - (other == token ? 1 : 0);
        }
        for (int number = 0; number < rows.length; number++) {
            double part = weight * Features.share(number, rows.length);
            var row = gradient.touch(rows[number]);
            for (int other = 0; other < Vocabulary.SIZE; other++) {
                row[other] += part * slopes[other];
            }
        }
    }
}
