// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Values as Python turns them into text: what the published client shows, compares and quotes in its messages. */
public final class PythonText {

    private static final char SIGMA = 'Σ';

    /** Punctuation that may stand inside a word (the Unicode word breaks MidLetter, MidNumLet and Single_Quote). */
    private static final String INSIDE_WORDS = "':.\u00b7\u0387\u055f\u05f4\u2018\u2019\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a";

    private PythonText() {}

    /** The text of a value: a string is itself, everything else its {@link #repr}. */
    public static String str(@Nullable Object value) {
        return switch (value) {
            case CharSequence text -> text.toString();
            case JsonNode node when node.isString() -> node.stringValue();
            case null, default -> repr(value);
        };
    }

    /** Lower case by the full Unicode rules, a final sigma by its neighbours: the JDK goes by word breaks there. */
    public static String lower(String text) {
        if (text.indexOf(SIGMA) < 0) {
            return text.toLowerCase(Locale.ROOT);
        }
        var lower = new StringBuilder(text);
        for (int at = text.indexOf(SIGMA); at >= 0; at = text.indexOf(SIGMA, at + 1)) {
            lower.setCharAt(at, follows(text, at) && !precedes(text, at + 1) ? 'ς' : 'σ');
        }
        return lower.toString().toLowerCase(Locale.ROOT);
    }

    /** Whether the nearest character before, apart from those that case rules overlook, is a letter with case. */
    private static boolean follows(String text, int end) {
        for (int at = end; at > 0; at -= Character.charCount(text.codePointBefore(at))) {
            int point = text.codePointBefore(at);
            if (!isCaseIgnorable(point)) {
                return isCased(point);
            }
        }
        return false;
    }

    private static boolean precedes(String text, int start) {
        for (int at = start; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
            int point = text.codePointAt(at);
            if (!isCaseIgnorable(point)) {
                return isCased(point);
            }
        }
        return false;
    }

    private static boolean isCased(int point) {
        return Character.isLowerCase(point) || Character.isUpperCase(point) || Character.isTitleCase(point);
    }

    private static boolean isCaseIgnorable(int point) {
        return switch (Character.getType(point)) {
            case Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK,
                    Character.FORMAT,
                    Character.MODIFIER_LETTER,
                    Character.MODIFIER_SYMBOL -> true;
            default -> INSIDE_WORDS.indexOf(point) >= 0;
        };
    }

    /** Bytes as text, with U+FFFD for what is no UTF-8: one for each longest beginning of a character, as everywhere but in the JDK. */
    public static String decode(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException broken) {
            return decodeWhatIsThere(bytes);
        }
    }

    private static String decodeWhatIsThere(byte[] bytes) {
        var text = new StringBuilder(bytes.length);
        int at = 0;
        while (at < bytes.length) {
            int first = bytes[at++] & 0xff;
            int following = first < 0xc2 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : first < 0xf5 ? 3 : 0;
            if (following == 0) {
                text.append(first < 0x80 ? (char) first : '\ufffd');
                continue;
            }
            int point = first & 0x3f >> following;
            int lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
            int highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
            while (following > 0 && at < bytes.length && (bytes[at] & 0xff) >= lowest && (bytes[at] & 0xff) <= highest) {
                point = point << 6 | bytes[at++] & 0x3f;
                lowest = 0x80;
                highest = 0xbf;
                following--;
            }
            text.appendCodePoint(following == 0 ? point : '\ufffd');
        }
        return text.toString();
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
            case NUMBER -> node.isIntegralNumber() ? node.bigIntegerValue().toString() : number(Json.doubleOf(node));
            case ARRAY -> node.valueStream().map(PythonText::repr).collect(Collectors.joining(", ", "[", "]"));
            case OBJECT ->
                node.propertyStream()
                        .map(member -> quoted(member.getKey()) + ": " + repr(member.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
            case NULL, MISSING -> "None";
            case BINARY, POJO -> node.toString();
        };
    }

    /** A value as {@code json.dumps} writes it: ASCII only, a blank behind commas and colons. */
    public static String json(JsonNode node) {
        return switch (node.getNodeType()) {
            case STRING -> jsonQuoted(node.stringValue());
            case NUMBER -> switch (repr(node)) {
                case "nan" -> "NaN";
                case "inf" -> "Infinity";
                case "-inf" -> "-Infinity";
                case String digits -> digits;
            };
            case ARRAY -> node.valueStream().map(PythonText::json).collect(Collectors.joining(", ", "[", "]"));
            case OBJECT ->
                node.propertyStream()
                        .map(member -> jsonQuoted(member.getKey()) + ": " + json(member.getValue()))
                        .collect(Collectors.joining(", ", "{", "}"));
            case NULL, MISSING -> "null";
            case BOOLEAN, BINARY, POJO -> node.toString();
        };
    }

    private static String jsonQuoted(String text) {
        var quoted = new StringBuilder().append('"');
        text.chars().forEach(unit -> {
            switch (unit) {
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                case '\b' -> quoted.append("\\b");
                case '\f' -> quoted.append("\\f");
                case '"', '\\' -> quoted.append('\\').append((char) unit);
                default -> {
                    if (unit >= ' ' && unit <= '~') {
                        quoted.append((char) unit);
                    } else {
                        quoted.append("\\u%04x".formatted(unit));
                    }
                }
            }
        });
        return quoted.append('"').toString();
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
