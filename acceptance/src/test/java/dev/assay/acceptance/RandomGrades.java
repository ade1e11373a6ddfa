// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import dev.assay.sdk.protocol.Json;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Arguments for grading functions, made so that the odd cases of each are frequent. */
final class RandomGrades {

    private static final List<String> PIECES = List.of(
            "a", "an", "the", "The", "A", "AN", "cat", "dog", "is", "42", "1,234", "3.10", "-0.5", "+7", "1e3", "5.e2", "1e400", "١٢٣", "４２", "½",
            "²", "Σ", "ΑΣ", "ΟΔΟΣ", "Σ.", "αΣβ", "ς", "İ", "ı", "ß", "ẞ", "ǅ", "ﬁ", "K", "Å", "x́y", "é", "'", "\"", "\\", "-", "_", "a_the",
            ".", ":", "·", "\u2019", "\u00ad", "\u200d", " ", "  ", "\t", "\n", "\r\n", "\u0085", "\u00a0", "\u001c", "\u1680", "\u2003", "\u2028",
            "\u3000", "\u180e", "\u200b", "\u0000", "\u007f", "😀", "𝔸", "𐐀", "\ud83d", "\ude00", "中", "가", "ا", "ǰ", "Ჿ", "Ω", "ͅ", "Ⅷ", "ⓐ");
    private static final List<String> NUMBERS = List.of(
            "1_000.5", "0_1", "1__0", "_1", "1_", "1_.5", "1._5", "1e1_0", " 1 ", "\u00a00.5", "\u001c1", "+0.5", "++1", "0x1", "1.", ".", "",
            ".5", "1e400", "inf", "-Infinity", "INF", "nan", "-nan", "in_f", "１", "0.5f", "1d", "1\n", "1\u2028", "\ufeff1", "true", "1e-400");
    private static final List<String> TRUTHS =
            List.of("true", "True", "t", "YES", "y", "on", "1", "0", "no", "off", "false", "1.0", " true", "", "N", "nope");

    private final Random random;

    RandomGrades(Random random) {
        this.random = random;
    }

    ArrayNode arguments(String function) {
        var in = Json.array();
        switch (function) {
            case "lower" -> in.add(text(8));
            case "str" -> in.add(value(3));
            case "decode" -> in.add(bytes());
            case "normalize" -> in.add(answer());
            case "exact_match", "f1_score" -> pair(in);
            case "same_text" -> pair(in);
            case "contains" -> pair(in).add(random.nextBoolean());
            case "contains_any", "contains_all" -> {
                var answer = text(8);
                in.add(answer).add(some(4, () -> Json.tree(part(answer)))).add(random.nextBoolean());
            }
            case "numeric_match" -> {
                double number = List.of(42.0, 3.1, -0.5, 7.0, 1000.0, 0.0, 1234.0, 500.0, Double.NaN).get(random.nextInt(9));
                in.add(chance(3) ? answer() : Json.tree(text(2) + number + text(2))).add(number);
                in.add(List.of(0.0, 0.1, 1e9, -1.0, Double.POSITIVE_INFINITY, Double.NaN).get(random.nextInt(6)));
            }
            case "SubScore", "SubScore.summary" -> in.add(subscore(2, true));
            case "EvaluationResult" -> in.add(evaluation());
            case "combine" -> in.add(some(5, () -> subscore(1, false)));
            case "combine_any", "combine_all" -> in.add(random.nextDouble()).add(some(4, () -> subscore(1, false)));
            case "grade" -> in.add(frame());
            default -> throw new AssertionError(function);
        }
        return in;
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private ArrayNode some(int most, Supplier<JsonNode> item) {
        var array = Json.array();
        IntStream.range(0, random.nextInt(most + 1)).forEach(i -> array.add(item.get()));
        return array;
    }

    private String text(int most) {
        return IntStream.range(0, random.nextInt(most + 1)).mapToObj(i -> piece()).collect(Collectors.joining(chance(2) ? " " : ""));
    }

    private String piece() {
        return switch (random.nextInt(8)) {
            case 0 -> Character.toString(defined(0x3000));
            case 1 -> Character.toString(defined(0x20000));
            case 2 -> Character.toString(0x370 + random.nextInt(0x90));
            default -> one(PIECES);
        };
    }

    private int defined(int below) {
        return random.ints(0, below).filter(Character::isDefined).findFirst().orElseThrow();
    }

    private JsonNode answer() {
        return chance(3) ? value(2) : Json.tree(text(8));
    }

    /** Two texts that have a chance to be the same in some sense. */
    private ArrayNode pair(ArrayNode in) {
        var answer = text(6);
        return in.add(chance(6) ? value(2) : Json.tree(answer)).add(chance(3) ? text(6) : part(answer));
    }

    /** The text, a part of it, or it in another case. */
    private String part(String text) {
        if (text.isEmpty() || chance(5)) {
            return text(3);
        }
        int from = chance(2) ? 0 : random.nextInt(text.length());
        int to = chance(2) ? text.length() : from + random.nextInt(text.length() - from + 1);
        var part = text.substring(from, to);
        return chance(3) ? part.toUpperCase(java.util.Locale.ROOT) : part;
    }

    private String bytes() {
        var bytes = new byte[random.nextInt(12)];
        for (int i = 0; i < bytes.length; i++) {
            int any = random.nextInt(256);
            bytes[i] = (byte) (chance(3) ? any : List.of(0x41, 0x80, 0xa0, 0xbf, 0xc0, 0xc2, 0xe0, 0xe1, 0xed, 0xf0, 0xf4, 0xf5, 0x9f, 0x90).get(any % 14));
        }
        return HexFormat.of().formatHex(bytes);
    }

    private JsonNode value(int depth) {
        return switch (random.nextInt(depth == 0 ? 6 : 8)) {
            case 0 -> JsonNodeFactory.instance.nullNode();
            case 1 -> JsonNodeFactory.instance.booleanNode(random.nextBoolean());
            case 2 -> integer();
            case 3 -> JsonNodeFactory.instance.numberNode(real());
            case 4, 5 -> Json.tree(text(3));
            case 6 -> some(3, () -> value(depth - 1));
            default -> {
                var object = Json.object();
                some(3, () -> Json.tree(text(2))).forEach(key -> object.set(wellFormed(key.stringValue()), value(depth - 1)));
                yield object;
            }
        };
    }

    /** The client's own model library cannot write a key that holds half of a character. */
    private static String wellFormed(String key) {
        return key.codePoints().filter(point -> !Character.isSurrogate((char) point) || point > 0xffff)
                .mapToObj(Character::toString).collect(Collectors.joining());
    }

    private JsonNode integer() {
        return chance(4)
                ? JsonNodeFactory.instance.numberNode(new BigInteger(200, random).negate())
                : JsonNodeFactory.instance.numberNode(random.nextInt(2001) - 1000);
    }

    private double real() {
        return switch (random.nextInt(6)) {
            case 0 -> Double.longBitsToDouble(random.nextLong());
            case 1 -> random.nextInt(1000) / 100.0;
            case 2 -> random.nextDouble();
            case 3 -> Math.pow(10, random.nextInt(40) - 20);
            case 4 -> one(List.of(0.0, -0.0, 1.0, Double.MIN_VALUE, Double.MAX_VALUE, 1e16, 1e-5, 123456789012345680.0));
            default -> random.nextInt();
        };
    }

    /** @param odd whether it may be one that is refused */
    private ObjectNode subscore(int depth, boolean odd) {
        var json = Json.object();
        if (!odd || !chance(12)) {
            json.set("name", odd && chance(12) ? value(1) : Json.tree(one(List.of("x", "x-1", "y", "x-2", "")) + (chance(4) ? text(1) : "")));
        }
        if (!odd || !chance(12)) {
            json.set("value", odd && chance(3) ? number() : JsonNodeFactory.instance.numberNode(chance(5) ? random.nextInt(2) : random.nextDouble()));
        }
        if (chance(2)) {
            json.set("weight", odd && chance(3) ? number() : JsonNodeFactory.instance.numberNode(random.nextInt(9) / 4.0 - 0.5));
        }
        if (depth > 0 && chance(3)) {
            json.set("children", odd && chance(6) ? value(1) : some(3, () -> subscore(depth - 1, odd && chance(3))));
        }
        if (chance(4)) {
            json.set(odd && chance(3) ? "metadata" : "info", odd && chance(4) ? value(1) : Json.object().set("k", value(1)));
        }
        if (odd && chance(15)) {
            json.set(one(List.of("score", "extra", "metadata", "info")), value(1));
        }
        return json;
    }

    private JsonNode number() {
        return switch (random.nextInt(4)) {
            case 0 -> Json.tree(one(NUMBERS));
            case 1 -> value(1);
            case 2 -> JsonNodeFactory.instance.numberNode(one(List.of(Double.NaN, Double.POSITIVE_INFINITY, -0.1, 1.0000001)));
            default -> Json.tree(Double.toString(random.nextDouble()));
        };
    }

    private JsonNode truth() {
        return chance(2) ? Json.tree(one(TRUTHS)) : value(1);
    }

    private ObjectNode evaluation() {
        var json = Json.object();
        if (!chance(4)) {
            json.set("reward", chance(2) ? number() : JsonNodeFactory.instance.numberNode(random.nextDouble()));
        }
        if (chance(3)) {
            json.set("done", truth());
        }
        if (chance(3)) {
            json.set("isError", truth());
        }
        if (chance(3)) {
            json.set("content", chance(3) ? value(1) : Json.tree(text(3)));
        }
        if (chance(3)) {
            json.set("info", chance(3) ? value(1) : Json.object().set("k", value(1)));
        }
        if (chance(2)) {
            json.set("subscores", chance(5) ? value(1) : some(3, () -> subscore(1, chance(3))));
        }
        if (chance(4)) {
            json.set("mine", value(2));
        }
        return json;
    }

    private ObjectNode frame() {
        var json = evaluation();
        json.remove("reward");
        if (!chance(10)) {
            json.set("score", chance(4) ? value(1) : JsonNodeFactory.instance.numberNode(chance(2) ? random.nextDouble() : random.nextInt(3)));
        }
        return json;
    }
}
