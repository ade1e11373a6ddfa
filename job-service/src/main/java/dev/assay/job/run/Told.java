// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.kit.problem.Problem;
import dev.assay.kit.text.StorableText;
import java.math.BigDecimal;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Checks what requests tell, naming the field that does not hold. */
public final class Told {

    private static final int LONGEST_NAME = 1000;

    private Told() {}

    public static <T> T required(String field, @Nullable T value) {
        if (value == null) {
            throw Problem.badRequest(field, "required");
        }
        return value;
    }

    /** A short text, or null. */
    public static @Nullable String name(String field, @Nullable String value) {
        if (value != null && value.length() > LONGEST_NAME) {
            throw Problem.badRequest(field, "at most " + LONGEST_NAME + " characters, this has " + value.length());
        }
        return storable(value);
    }

    public static String requiredName(String field, @Nullable String value) {
        var name = required(field, name(field, value));
        if (name.isBlank()) {
            throw Problem.badRequest(field, "must not be blank");
        }
        return name;
    }

    /** A whole number, however it is written: 4.0 is one, too. */
    public static int whole(String field, JsonNode told, int least, int most) {
        var number = told.isNumber() ? told.decimalValue() : null;
        if (number == null || number.stripTrailingZeros().scale() > 0
                || number.compareTo(BigDecimal.valueOf(least)) < 0 || number.compareTo(BigDecimal.valueOf(most)) > 0) {
            throw Problem.badRequest(field, "must be a whole number from " + least + " to " + most);
        }
        return number.intValueExact();
    }

    /** A JSON object, or null. */
    public static @Nullable JsonNode object(String field, @Nullable JsonNode value) {
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isObject()) {
            throw Problem.badRequest(field, "must be an object");
        }
        return value;
    }

    /** @param others members that nobody knows */
    public static void noOthers(String prefix, @Nullable Map<String, JsonNode> others) {
        if (others != null && !others.isEmpty()) {
            throw Problem.badRequest(prefix + others.keySet().iterator().next(), "there is no such field");
        }
    }

    /** What Postgres takes of it. */
    public static @Nullable String storable(@Nullable String text) {
        return StorableText.ofNullable(text);
    }
}
