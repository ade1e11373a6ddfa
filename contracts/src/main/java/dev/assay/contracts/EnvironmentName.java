// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts;

import java.util.Locale;

/**
 * The name under which an environment is found: lower case, blanks and underscores become dashes, everything but
 * {@code [a-z0-9-]} is dropped, dashes are collapsed and trimmed, nothing left becomes {@code environment}.
 */
public record EnvironmentName(String value) {

    /** Normalizes a name as declared in code. */
    public static EnvironmentName of(String declared) {
        var name = declared.strip()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[\\s_]+", "-")
                .replaceAll("[^a-z0-9-]", "")
                .replaceAll("-{2,}", "-")
                .replaceAll("^-|-$", "");
        return new EnvironmentName(name.isEmpty() ? "environment" : name);
    }

    /**
     * Whether two declared names that are found under one are two names all the same: clients drop the letters of most scripts, so that
     * names have one form which have nothing in common.
     */
    public static boolean areOthers(String declared, String other) {
        return of(declared).equals(of(other)) && !letters(declared).equals(letters(other));
    }

    private static String letters(String declared) {
        return declared.toLowerCase(Locale.ROOT)
                .codePoints()
                .filter(Character::isLetterOrDigit)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Override
    public String toString() {
        return value;
    }
}
