// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Values as Python turns them into text: what the published client shows, compares and quotes in its messages. */
public final class PythonText {

    private PythonText() {}

    /** The text of a value: a string is itself, everything else its {@link #repr}. */
    public static String str(@Nullable Object value) {
        return switch (value) {
            case CharSequence text -> text.toString();
            case JsonNode node when node.isString() -> node.stringValue();
            case null, default -> repr(value);
        };
    }

    /** A value as it would be written in a Python program. */
    public static String repr(@Nullable Object value) {
        return switch (value) {
            case null -> "None";
            case JsonNode node -> repr(node);
            case CharSequence text -> quoted(text.toString());
            case Boolean truth -> truth ? "True" : "False";
            case Double number -> number(number);
            case Float number -> number(Double.parseDouble(number.toString()));
            case Map<?, ?> map ->
                map.entrySet().stream()
                        .map(entry -> repr(entry.getKey()) + ": " + repr(entry.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
            case Collection<?> items -> items.stream().map(PythonText::repr).collect(Collectors.joining(", ", "[", "]"));
            default -> value.toString();
        };
    }

    private static String repr(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> quoted(node.stringValue());
            case BOOLEAN -> node.booleanValue() ? "True" : "False";
            case NUMBER -> node.isIntegralNumber() ? node.bigIntegerValue().toString() : number(node.doubleValue());
            case ARRAY -> node.valueStream().map(PythonText::repr).collect(Collectors.joining(", ", "[", "]"));
            case OBJECT ->
                node.propertyStream()
                        .map(member -> quoted(member.getKey()) + ": " + repr(member.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
            case NULL, MISSING -> "None";
            case BINARY, POJO -> node.toString();
        };
    }

    /** The shortest digits that read back as the same number, with an exponent only below 1e-4 and from 1e16 on. */
    private static String number(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        if (value == 0) {
            return 1 / value > 0 ? "0.0" : "-0.0";
        }
        // Java insists on two digits, even for the few numbers that one digit tells apart.
        var digit = new BigDecimal(value).round(new MathContext(1));
        var shortest = digit.doubleValue() == value ? digit : new BigDecimal(Double.toString(value)).stripTrailingZeros();
        int exponent = shortest.precision() - shortest.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            var plain = shortest.toPlainString();
            return plain.indexOf('.') < 0 ? plain + ".0" : plain;
        }
        BigInteger unscaled = shortest.unscaledValue();
        var digits = unscaled.abs().toString();
        return (unscaled.signum() < 0 ? "-" : "")
                + digits.charAt(0)
                + (digits.length() > 1 ? "." + digits.substring(1) : "")
                + "e" + (exponent < 0 ? "-" : "+") + (Math.abs(exponent) < 10 ? "0" : "") + Math.abs(exponent);
    }

    private static String quoted(String text) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        var quoted = new StringBuilder().append(quote);
        text.codePoints().forEach(point -> {
            switch (point) {
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case '\\' -> quoted.append("\\\\");
                default -> {
                    if (point == quote) {
                        quoted.append('\\').append(quote);
                    } else if (isPrintable(point)) {
                        quoted.appendCodePoint(point);
                    } else {
                        quoted.append((point < 0x100 ? "\\x%02x" : point < 0x10000 ? "\\u%04x" : "\\U%08x").formatted(point));
                    }
                }
            }
        });
        return quoted.append(quote).toString();
    }

    private static boolean isPrintable(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> point == ' ';
            default -> true;
        };
    }
}
