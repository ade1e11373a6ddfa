// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.responses;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A word that is looked for in much text: of the text only each so many bytes are looked at as the word has (Horspool's way). */
final class Word {

    private final byte[] letters;
    private final int[] steps = new int[256];

    /** @param word of ASCII */
    Word(String word) {
        letters = word.getBytes(StandardCharsets.US_ASCII);
        Arrays.fill(steps, letters.length);
        for (var at = 0; at < letters.length - 1; at++) {
            steps[letters[at]] = letters.length - 1 - at;
        }
    }

    boolean isIn(byte[] bytes, int from, int to) {
        for (var at = from + letters.length; at <= to; at += steps[bytes[at - 1] & 0xff]) {
            if (Arrays.equals(bytes, at - letters.length, at, letters, 0, letters.length)) {
                return true;
            }
        }
        return false;
    }
}
