// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.toy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The bytes of UTF-8, and marks that begin and end a message. */
final class Vocabulary {

    static final int SYSTEM = 256;
    static final int USER = 257;
    static final int ASSISTANT = 258;
    static final int TOOL = 259;
    static final int END = 260;
    static final int SIZE = 261;

    private Vocabulary() {}

    static int[] tokens(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var tokens = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            tokens[i] = bytes[i] & 0xFF;
        }
        return tokens;
    }

    /** Without marks. Bytes that are no UTF-8 are shown as such. */
    static String text(int... tokens) {
        var plain = Arrays.stream(tokens).filter(token -> token < SYSTEM).toArray();
        var bytes = new byte[plain.length];
        for (int i = 0; i < plain.length; i++) {
            bytes[i] = (byte) plain[i];
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
