// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.text;

import org.jspecify.annotations.Nullable;

/** What Postgres takes as text: JSON may say more, U+0000 and halves of characters, which become U+FFFD. */
public final class StorableText {

    private static final char INSTEAD = '\ufffd';

    private StorableText() {}

    public static String of(String text) {
        for (var at = 0; at < text.length(); at++) {
            var character = text.charAt(at);
            if (character == 0 || Character.isSurrogate(character)) {
                return whole(text);
            }
        }
        return text;
    }

    public static @Nullable String ofNullable(@Nullable String text) {
        return text == null ? null : of(text);
    }

    private static String whole(String text) {
        var kept = new StringBuilder(text.length());
        text.codePoints().map(c -> isStorable(c) ? c : INSTEAD).forEach(kept::appendCodePoint);
        return kept.toString();
    }

    private static boolean isStorable(int codePoint) {
        return codePoint != 0 && (codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE);
    }
}
