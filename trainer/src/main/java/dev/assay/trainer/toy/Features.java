// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.toy;

import java.util.Arrays;

/**
 * What the toy sees of a place in a sequence, as rows of its table: the token before, how many tokens of the answer there are, and of the
 * message that is answered each word and the whole, each together with that number. Rows are found by a hash, so two may share one.
 * The first of them is the whole message's: it alone counts in full. What many messages have in common counts a tenth, and so do all words
 * together, or a step that learns one answer would teach it to all. Walks along a sequence, for the message is the same for many places.
 */
final class Features {

    static final int ROWS = 1 << 14;

    /** How much the row of the token before counts. */
    static final double COMMON = 0.1;

    private static final int FIRST_WORD = 3;

    /** Of the answer: what stands further back is one place. */
    private static final int FARTHEST = 31;

    private static final int MOST_WORDS = 64;
    private static final long BEFORE = 1;
    private static final long PLACE = 2;
    private static final long WORD = 3;
    private static final long WHOLE = 4;

    private final int[] found = new int[MOST_WORDS + FIRST_WORD];
    private final long[] words = new long[MOST_WORDS];
    private int wordCount;
    private long whole;
    private int answer = -1;
    private int seen;

    /** Of what comes behind the first tokens; none of the rows is there twice. Lengths do not fall from one question to the next. */
    int[] of(int[] tokens, int length) {
        int begin = length;
        while (begin > seen && tokens[begin - 1] < Vocabulary.MARKS) {
            begin--;
        }
        if (begin > seen || answer < 0) {
            answer = begin;
            read(tokens);
        }
        seen = length;
        int place = Math.min(length - answer, FARTHEST);
        int count = add(0, row(WHOLE, whole, place));
        count = add(count, before(length == 0 ? Vocabulary.END : tokens[length - 1]));
        count = add(count, row(PLACE, place, 0));
        for (int word = 0; word < wordCount; word++) {
            count = add(count, row(WORD, words[word], place));
        }
        return Arrays.copyOf(found, count);
    }

    /** The message that is answered. */
    private void read(int[] tokens) {
        int end = Math.max(0, answer - 1); // before the mark
        while (end > 0 && tokens[end - 1] >= Vocabulary.MARKS) {
            end--;
        }
        int begin = end;
        while (begin > 0 && tokens[begin - 1] < Vocabulary.MARKS) {
            begin--;
        }
        whole = hash(tokens, begin, end);
        wordCount = 0;
        for (int from = begin, to; from < end && wordCount < MOST_WORDS; from = to) {
            while (from < end && tokens[from] <= ' ') {
                from++;
            }
            to = from;
            while (to < end && tokens[to] > ' ') {
                to++;
            }
            if (from < to) {
                words[wordCount++] = hash(tokens, from, to);
            }
        }
    }

    private int add(int count, int row) {
        for (int i = 0; i < count; i++) {
            if (found[i] == row) {
                return count;
            }
        }
        found[count] = row;
        return count + 1;
    }

    /** How much a row counts, by its place among as many as there are. */
    static double share(int number, int rows) {
        if (number == 0) {
            return 1;
        }
        return number < FIRST_WORD ? COMMON : COMMON / (rows - FIRST_WORD);
    }

    /** The row of the token before. */
    static int before(int token) {
        return row(BEFORE, token, 0);
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
}
