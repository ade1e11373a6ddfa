// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import dev.assay.contracts.training.Chunk;
import dev.assay.contracts.training.Datum;
import java.util.Arrays;

/**
 * A sequence with its first token.
 *
 * @param mask of each, 1 where it was sampled and can be learnt
 * @param logprobs of each, 0 where it was read
 * @param prompt how many stand before the first that was sampled
 */
record Tokens(int[] ids, float[] mask, float[] logprobs, int prompt) {

    static Tokens of(Datum datum) throws LeftOutException {
        if (datum.input().stream().anyMatch(Chunk.Image.class::isInstance)) {
            throw new LeftOutException("it has pictures, for which these rows have no place");
        }
        int length = datum.length() + 1;
        var ids = new int[length];
        var mask = new float[length];
        var logprobs = new float[length];
        ids[0] = ((Chunk.Text) datum.input().getFirst()).tokens()[0];
        System.arraycopy(datum.targets(), 0, ids, 1, datum.length());
        System.arraycopy(datum.mask(), 0, mask, 1, datum.length());
        System.arraycopy(datum.sampled(), 0, logprobs, 1, datum.length());
        int prompt = 1;
        while (prompt < length && mask[prompt] == 0) {
            prompt++;
        }
        return new Tokens(ids, mask, logprobs, prompt);
    }

    float[] responseMask() {
        return Arrays.copyOfRange(mask, prompt, mask.length);
    }

    float[] responseLogprobs() {
        return Arrays.copyOfRange(logprobs, prompt, logprobs.length);
    }

    /** What was read, what was sampled, and so on. */
    int turns() {
        int turns = 1;
        for (int i = 1; i < mask.length; i++) {
            turns += mask[i] == mask[i - 1] ? 0 : 1;
        }
        return turns;
    }
}
