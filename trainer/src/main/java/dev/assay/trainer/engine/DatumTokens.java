// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.engine;

import dev.assay.contracts.training.Chunk;
import dev.assay.contracts.training.Datum;

/**
 * Datums as tokens, checked, for an engine that reads text alone.
 *
 * @param model whose they are to be, as in a sentence
 * @param context how many positions a sequence has at most
 * @param vocabulary how many ids there are, from 0
 */
public record DatumTokens(String model, int context, int vocabulary) {

    /**
     * What the datum reads.
     *
     * @param place of the datum in its batch
     */
    public int[] of(Datum datum, int place) {
        var where = "inputs[" + datum.trajectory() + "], datum " + place;
        var tokens = new int[datum.length()];
        if (tokens.length > context) {
            throw RefusedException.tooLong(where + ": is a sequence of " + tokens.length + " positions; " + model + " reads " + context);
        }
        int at = 0;
        for (var chunk : datum.input()) {
            if (!(chunk instanceof Chunk.Text(int[] ids))) {
                throw RefusedException.unfit(where + ": has a picture at position " + at + "; " + model + " reads text alone");
            }
            if (at + ids.length > tokens.length) {
                throw RefusedException.unfit(where + ": reads more tokens than it has targets, which are " + tokens.length);
            }
            System.arraycopy(ids, 0, tokens, at, ids.length);
            at += ids.length;
        }
        if (at < tokens.length) {
            throw RefusedException.unfit(where + ": reads " + at + " tokens, and has " + tokens.length + " targets");
        }
        checkIds(tokens, where + ": the token");
        checkIds(datum.targets(), where + ": the target");
        return tokens;
    }

    private void checkIds(int[] ids, String what) {
        for (int position = 0; position < ids.length; position++) {
            if (ids[position] < 0 || ids[position] >= vocabulary) {
                throw RefusedException.unfit(what + " " + ids[position] + " at position " + position + " is none of " + model
                        + ", which has 0 to " + (vocabulary - 1));
            }
        }
    }
}
