// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.graders;

import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Inputs and outputs of the published client's grading functions, recorded by calling them; the file's head explains the encoding. */
final class Vectors {

    private Vectors() {}

    record Case(String id, String function, JsonNode in, JsonNode out) {
        @Override
        public String toString() {
            return id;
        }

        boolean expectsError() {
            return out.has("error");
        }

        JsonNode expected() {
            return out.get("ok");
        }

        List<String> warnings() {
            return out.path("warnings").valueStream().map(JsonNode::stringValue).toList();
        }
    }

    static List<Case> all() throws IOException {
        try (var file = Vectors.class.getResourceAsStream("/graders.json")) {
            return Json.MAPPER
                    .readTree(file)
                    .get("cases")
                    .valueStream()
                    .map(one -> new Case(one.get("id").stringValue(), one.get("fn").stringValue(), one.get("in"), one.get("out")))
                    .toList();
        }
    }

    /** A recorded value as the Java value nearest to it. */
    static @Nullable Object value(JsonNode node) {
        if (node.isNull() || node.isMissingNode()) {
            return null;
        }
        if (node.isArray()) {
            var list = new ArrayList<@Nullable Object>();
            node.forEach(item -> list.add(value(item)));
            return list;
        }
        if (node.isObject()) {
            return object(node);
        }
        return node.isString() ? node.stringValue() : node.isBoolean() ? node.booleanValue() : node.numberValue();
    }

    private static @Nullable Object object(JsonNode node) {
        for (var kind : List.of("$float", "$int", "$tuple", "$set", "$bytes", "$object", "$dict", "$subscore")) {
            var coded = node.get(kind);
            if (coded != null) {
                return switch (kind) {
                    case "$float" -> number(coded.stringValue());
                    case "$int" -> new BigInteger(coded.stringValue());
                    case "$bytes" -> HexFormat.of().parseHex(coded.stringValue());
                    case "$object" -> new Txt(coded.stringValue());
                    case "$subscore" -> SubScore.read(coded);
                    case "$dict" -> {
                        var map = new LinkedHashMap<@Nullable Object, @Nullable Object>();
                        coded.forEach(pair -> map.put(value(pair.get(0)), value(pair.get(1))));
                        yield map;
                    }
                    default -> value(coded);
                };
            }
        }
        var map = new LinkedHashMap<String, @Nullable Object>();
        node.properties().forEach(member -> map.put(member.getKey(), value(member.getValue())));
        return map;
    }

    private static double number(String text) {
        return switch (text) {
            case "nan" -> Double.NaN;
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    /** A recorded value as plain JSON, with the coded numbers as numbers. */
    static JsonNode plain(JsonNode node) {
        if (node.has("$float")) {
            return JsonNodeFactory.instance.numberNode(number(node.get("$float").stringValue()));
        }
        if (node.has("$int")) {
            return JsonNodeFactory.instance.numberNode(new BigInteger(node.get("$int").stringValue()));
        }
        if (node.has("$set")) {
            return plain(node.get("$set"));
        }
        if (node.isArray()) {
            var array = Json.array();
            node.forEach(item -> array.add(plain(item)));
            return array;
        }
        if (node.isObject()) {
            var object = Json.object();
            node.properties().forEach(member -> object.set(member.getKey(), plain(member.getValue())));
            return object;
        }
        return node;
    }

    /** The same to the last digits, and the same kind: 1 is not 1.0. */
    static boolean same(JsonNode one, JsonNode other) {
        if (one.isNumber() && other.isNumber()) {
            if (one.isIntegralNumber() || other.isIntegralNumber()) {
                return one.isIntegralNumber() && other.isIntegralNumber() && one.bigIntegerValue().equals(other.bigIntegerValue());
            }
            double a = one.doubleValue();
            double b = other.doubleValue();
            return Double.isNaN(a) ? Double.isNaN(b) : a == b || Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));
        }
        if (one.isObject() && other.isObject()) {
            return Set.copyOf(one.propertyNames()).equals(Set.copyOf(other.propertyNames()))
                    && one.properties().stream().allMatch(member -> same(member.getValue(), other.get(member.getKey())));
        }
        if (one.isArray() && other.isArray()) {
            return one.size() == other.size()
                    && IntStream.range(0, one.size()).allMatch(at -> same(one.get(at), other.get(at)));
        }
        return one.equals(other);
    }

    /** An object of a user's own class that says nothing about its members. */
    static final class Txt {
        private final String text;

        Txt(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
