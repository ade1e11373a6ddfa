// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How people's names and e-mails are taken. */
final class Names {

    static final int LONGEST = 200;
    /** ASCII alone: two letters that look alike, or become one in small letters, would be two people's e-mail. */
    static final String EMAIL = "[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63}){1,5}";

    private static final Pattern FORM = Pattern.compile(EMAIL);

    private Names() {}

    /** In small letters; empty: it is none that is taken. */
    static Optional<String> email(@Nullable String said) {
        return Optional.ofNullable(said)
                .map(String::strip)
                .filter(text -> text.length() <= LONGEST && FORM.matcher(text).matches())
                .map(text -> text.toLowerCase(Locale.ROOT));
    }

    /** A name without what no name has, and not longer than one; null: nothing is left. */
    static @Nullable String cleaned(@Nullable String said) {
        if (said == null) {
            return null;
        }
        var text = said.replaceAll("[\\p{Cntrl}\\p{Cs}]", " ").strip();
        var end = text.codePointCount(0, text.length()) > LONGEST ? text.offsetByCodePoints(0, LONGEST) : text.length();
        return text.isEmpty() ? null : text.substring(0, end);
    }
}
