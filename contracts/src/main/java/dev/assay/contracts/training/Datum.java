// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.training;

import java.util.List;

/**
 * A sequence to learn from. Position i predicts the token after it, so the four arrays are as long as the input.
 *
 * @param trajectory whose it is, by its place among the inputs
 * @param input all but the last token
 * @param targets all but the first; under a picture 0
 * @param mask 1 where the target was sampled, 0 where it was read
 * @param sampled the log-probability that it was sampled with; 0 where it was read, or nobody kept it
 */
public record Datum(int trajectory, List<Chunk> input, int[] targets, float[] mask, float[] sampled) {

    public int length() {
        return targets.length;
    }

    /** How many tokens of it were sampled. */
    public int actions() {
        int actions = 0;
        for (float one : mask) {
            actions += one > 0 ? 1 : 0;
        }
        return actions;
    }
}
