// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.taskset;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes JSON that is valid and unpleasant; the same seed makes the same. */
final class NastyJson {

    private static final String[] SCALARS = {
        "null", "true", "false", "0", "-0", "0.0", "-0.0", "1", "1.0", "1.00", "1e2", "1E+2", "1.5e-300", "1e400", "123456789012345678901234567890",
        "0.1000000000000000055511151231257827", "9007199254740993", "\"\"", "\"a\"", "\"ä 文 \uD83D\uDE00\"", "\"\\u00e4\\ud83d\\ude00\\/\\\\\\\"\"",
        "\"\\u0000\"", "{}", "[]", "{ }", "[ ]", "\"{}\"", "\"null\"", "\" spaces \"", "{\"a\":null}", "[null]", "[[],{}]", "\"2026-01-01T00:00:00Z\""
    };

    private final Random random;

    NastyJson(Random random) {
        this.random = random;
    }

    String value(int depth) {
        int kind = random.nextInt(depth > 0 ? 6 : 4);
        if (kind < 4) {
            return SCALARS[random.nextInt(SCALARS.length)];
        }
        var parts = Stream.generate(() -> value(depth - 1)).limit(random.nextInt(4)).toList();
        return kind == 4 ? array(parts) : nested(parts);
    }

    String anObject(int depth) {
        return nested(Stream.generate(() -> value(depth - 1)).limit(random.nextInt(5)).toList());
    }

    String object(Map<String, String> members) {
        return "{" + blank() + members.entrySet().stream()
                .map(member -> "\"" + member.getKey() + "\"" + blank() + ":" + blank() + member.getValue() + blank())
                .collect(Collectors.joining("," + blank())) + "}";
    }

    String array(List<String> elements) {
        return "[" + blank() + elements.stream().map(element -> element + blank()).collect(Collectors.joining("," + blank())) + "]";
    }

    private String nested(List<String> values) {
        var names = new int[] {0};
        return object(values.stream().collect(Collectors.toMap(value -> "n" + names[0]++ + "ö", value -> value)));
    }

    private String blank() {
        return new String[] {"", "", "", " ", "\n\t", "  "}[random.nextInt(6)];
    }
}
