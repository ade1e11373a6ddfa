// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.listing;

import dev.assay.kit.problem.Problem;
import org.jspecify.annotations.Nullable;

/** What may be a name: something that people can read and the database can hold. */
public final class Names {

    /** What {@link #require} takes, for the API document: not blank, and nothing in it that cannot be shown. */
    public static final String PATTERN =
            "^[^\\u0000-\\u001f\\u007f-\\u009f]*[^\\s\\u0000-\\u001f\\u007f-\\u009f][^\\u0000-\\u001f\\u007f-\\u009f]*$";

    /** The same where it is a segment of a path, in which everything but control characters may be encoded. */
    public static final String IN_PATH = "^[^\\u0000-\\u001f\\u007f]+$";

    private static final int LONGEST = 300;

    private Names() {}

    /** @throws Problem naming the field if the name is missing or cannot be one */
    public static String require(String field, @Nullable String name) {
        var fault = fault(name);
        if (fault != null || name == null) {
            throw Problem.badRequest(field, fault == null ? "required" : fault);
        }
        return name;
    }

    /**
     * For what is found by its name in an address: no client and no server between keeps {@code .} or {@code ..} there, however it is
     * encoded.
     *
     * @throws Problem naming the field if the name is missing or cannot be one
     */
    public static String requireInAddress(String field, @Nullable String name) {
        var required = require(field, name);
        if (required.equals(".") || required.equals("..")) {
            throw Problem.badRequest(field, "must not be '" + required + "': nothing could be found by it");
        }
        return required;
    }

    /** What is wrong with a name, or null. */
    public static @Nullable String fault(@Nullable String name) {
        if (name == null) {
            return "required";
        }
        if (name.isBlank()) {
            return "must not be blank";
        }
        if (name.length() > LONGEST) {
            return "is longer than " + LONGEST + " characters";
        }
        if (name.chars().anyMatch(Character::isISOControl) || !isWellFormed(name)) {
            return "holds characters that cannot be shown";
        }
        return null;
    }

    /** Whether the database can hold the text: no NUL, and every surrogate in a pair. */
    public static boolean isStorable(String text) {
        return text.indexOf('\0') < 0 && isWellFormed(text);
    }

    private static boolean isWellFormed(String text) {
        return text.codePoints().noneMatch(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE);
    }
}
