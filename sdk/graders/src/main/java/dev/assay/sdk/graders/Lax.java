// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.graders;

import dev.assay.sdk.protocol.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What passes for a number, a truth value or a list when an evaluation is read from JSON. */
final class Lax {

    private static final Set<String> TRUE = Set.of("true", "t", "yes", "y", "on", "1");
    private static final Set<String> FALSE = Set.of("false", "f", "no", "n", "off", "0");
    private static final Pattern ENDS = Pattern.compile("^\\p{IsWhite_Space}+|\\p{IsWhite_Space}+$");
    private static final Pattern NUMBER = Pattern.compile("(?i)[+-]?(\\d+\\.?\\d*|\\.\\d+)(e[+-]?\\d+)?");
    private static final Pattern NOT_FINITE = Pattern.compile("(?i)([+-]?)(nan|inf|infinity)");

    private Lax() {}

    static double number(JsonNode value, String member) {
        if (value.isNumber() && !(value.isIntegralNumber() && Double.isInfinite(Json.doubleOf(value)))) {
            return Json.doubleOf(value);
        }
        if (value.isBoolean()) {
            return value.booleanValue() ? 1 : 0;
        }
        var text = value.isString() ? ungrouped(ENDS.matcher(value.stringValue()).replaceAll("")) : "";
        if (NUMBER.matcher(text).matches()) {
            return Double.parseDouble(text);
        }
        var special = NOT_FINITE.matcher(text);
        if (special.matches()) {
            double size = special.group(2).toLowerCase(Locale.ROOT).equals("nan") ? Double.NaN : Double.POSITIVE_INFINITY;
            return special.group(1).equals("-") ? -size : size;
        }
        throw new IllegalArgumentException(member + ": must be a number");
    }

    /** Underscores may stand between any two characters of a number, one at a time. */
    private static String ungrouped(String number) {
        return number.startsWith("_") || number.endsWith("_") || number.contains("__") ? "" : number.replace("_", "");
    }

    static boolean truth(JsonNode value, String member) {
        var text = value.isString() ? value.stringValue().toLowerCase(Locale.ROOT) : value.isNumber() ? value.asString() : value.toString();
        if (TRUE.contains(text) || value.isNumber() && Json.doubleOf(value) == 1) {
            return true;
        }
        if (FALSE.contains(text) || value.isNumber() && Json.doubleOf(value) == 0) {
            return false;
        }
        throw new IllegalArgumentException(member + ": must be true or false");
    }

    /** Null where the member is null or absent. */
    static @Nullable ObjectNode object(JsonNode parent, String member) {
        var value = parent.path(member);
        if (value.isNull() || value.isMissingNode()) {
            return null;
        }
        if (value instanceof ObjectNode object) {
            return object;
        }
        throw new IllegalArgumentException(member + ": must be an object");
    }

    static @Nullable List<SubScore> subscores(JsonNode parent, String member) {
        var value = parent.path(member);
        if (value.isNull() || value.isMissingNode()) {
            return null;
        }
        if (!value.isArray()) {
            throw new IllegalArgumentException(member + ": must be an array");
        }
        var read = new ArrayList<SubScore>();
        for (int at = 0; at < value.size(); at++) {
            try {
                read.add(SubScore.read(value.get(at)));
            } catch (IllegalArgumentException wrong) {
                throw new IllegalArgumentException(member + "." + at + "." + wrong.getMessage(), wrong);
            }
        }
        return read;
    }
}
