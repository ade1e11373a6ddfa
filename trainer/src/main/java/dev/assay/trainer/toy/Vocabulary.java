// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.toy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The bytes of UTF-8, calls of tools, and marks that begin and end a message. */
final class Vocabulary {

    /** A call: {@code CALL + 2} chooses the third of what can be called ({@link Choices}). */
    static final int CALL = 256;

    /** What can be called at most. */
    static final int CALLS = 16;

    /** Marks are the ids from here on. */
    static final int MARKS = CALL + CALLS;

    static final int SYSTEM = MARKS;
    static final int USER = MARKS + 1;
    static final int ASSISTANT = MARKS + 2;
    static final int TOOL = MARKS + 3;
    static final int END = MARKS + 4;

    /** Begins an answer where something can be called: {@code ACTING + 3} if there are three choices. */
    static final int ACTING = MARKS + 4;

    static final int SIZE = ACTING + CALLS + 1;

    private Vocabulary() {}

    static int[] tokens(String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var tokens = new int[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            tokens[i] = bytes[i] & 0xFF;
        }
        return tokens;
    }

    /** Of its bytes alone. Those that are no UTF-8 are shown as such. */
    static String text(int... tokens) {
        var plain = Arrays.stream(tokens).filter(token -> token < CALL).toArray();
        var bytes = new byte[plain.length];
        for (int i = 0; i < plain.length; i++) {
            bytes[i] = (byte) plain[i];
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** One token, for people: a byte as it stands, all else by its name. */
    static String name(int token) {
        if (token < CALL) {
            return text(token);
        }
        if (token < MARKS) {
            return "<call " + (token - CALL) + ">";
        }
        return switch (token) {
            case SYSTEM -> "<system>";
            case USER -> "<user>";
            case ASSISTANT -> "<assistant>";
            case TOOL -> "<tool>";
            case END -> "<end>";
            default -> "<acting " + (token - ACTING) + ">";
        };
    }
}
