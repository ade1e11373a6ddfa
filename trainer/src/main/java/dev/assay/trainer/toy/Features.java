// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.toy;

import java.util.Arrays;

/**
 * What the toy sees of a place in a sequence, as rows of its table: the token before, how many tokens of the answer there are, and of the
 * message that is answered each word and the whole, each together with that number. Rows are found by a hash, so two may share one.
 * The first of them is the whole message's: it alone counts in full. What many messages have in common counts a tenth, or a step that
 * learns one answer would teach it to all.
 */
final class Features {

    static final int ROWS = 1 << 14;

    /** Of the answer: what stands further back is one place. */
    private static final int FARTHEST = 31;

    private static final int MOST_WORDS = 64;
    private static final double COMMON = 0.1;
    private static final long BEFORE = 1;
    private static final long PLACE = 2;
    private static final long WORD = 3;
    private static final long WHOLE = 4;

    private Features() {}

    /** Of what comes behind the first tokens; none of the rows is there twice. */
    static int[] of(int[] tokens, int length) {
        int answer = length;
        while (answer > 0 && tokens[answer - 1] < Vocabulary.SYSTEM) {
            answer--;
        }
        int place = Math.min(length - answer, FARTHEST);
        int end = Math.max(0, answer - 1); // before the mark
        while (end > 0 && tokens[end - 1] >= Vocabulary.SYSTEM) {
            end--;
        }
        int begin = end;
        while (begin > 0 && tokens[begin - 1] < Vocabulary.SYSTEM) {
            begin--;
        }
        var rows = new Rows();
        rows.add(row(WHOLE, hash(tokens, begin, end), place));
        rows.add(row(BEFORE, length == 0 ? Vocabulary.END : tokens[length - 1], 0));
        rows.add(row(PLACE, place, 0));
        int words = 0;
        for (int from = begin; from < end && words < MOST_WORDS; words++) {
            while (from < end && tokens[from] <= ' ') {
                from++;
            }
            int to = from;
            while (to < end && tokens[to] > ' ') {
                to++;
            }
            if (from < to) {
                rows.add(row(WORD, hash(tokens, from, to), place));
            }
            from = to;
        }
        return rows.toArray();
    }

    /** How much a row counts, by its place among them. */
    static double share(int number) {
        return number == 0 ? 1 : COMMON;
    }

    private static long hash(int[] tokens, int from, int to) {
        long hash = 1125899906842597L;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + tokens[i];
        }
        return hash;
    }

    private static int row(long kind, long what, long place) {
        long mixed = (kind * 0x9E3779B97F4A7C15L) ^ (what * 0xC2B2AE3D27D4EB4FL) ^ (place * 0x165667B19E3779F9L);
        mixed = (mixed ^ mixed >>> 32) * 0xD6E8FEB86659FD93L;
        return (int) ((mixed ^ mixed >>> 32) & (ROWS - 1));
    }

    /** In order, each once. */
    private static final class Rows {

        private final int[] found = new int[MOST_WORDS + 3];
        private int count;

        void add(int row) {
            for (int i = 0; i < count; i++) {
                if (found[i] == row) {
                    return;
                }
            }
            found[count++] = row;
        }

        int[] toArray() {
            return Arrays.copyOf(found, count);
        }
    }
}
