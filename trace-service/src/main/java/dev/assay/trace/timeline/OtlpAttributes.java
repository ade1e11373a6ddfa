// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.sdk.protocol.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Attributes in OTLP's JSON: a list of pairs, where each value says of which type it is. */
final class OtlpAttributes {

    /** What holds more levels goes out as a text: few readers go deeper, and each level here is three there. */
    private static final int DEEPEST = 30;

    /** A longer text is no attribute that a reader of traces would keep. */
    static final int LONGEST = 256 * 1024;

    /** People read these texts where traces are shown. */
    private static final ObjectWriter WRITER = Json.MAPPER.writer().without(JsonWriteFeature.ESCAPE_NON_ASCII);

    private final ArrayNode pairs = Json.array();

    static OtlpAttributes of(JsonNode object) {
        var attributes = new OtlpAttributes();
        object.properties().forEach(member -> attributes.pairs.addObject().put("key", member.getKey()).set("value", value(member.getValue())));
        return attributes;
    }

    /**
     * Each key stands once: an instrumented function may have used one of these names.
     *
     * @param value null, or what stands for it: nothing is added
     */
    OtlpAttributes put(String key, @Nullable Object value) {
        var tree = value instanceof JsonNode node ? node : Json.tree(value);
        if (!tree.isNull() && !tree.isMissingNode()) {
            pairs.removeIf(pair -> key.equals(pair.path("key").stringValue()));
            pairs.addObject().put("key", key).set("value", value(tree));
        }
        return this;
    }

    /** @param where it can be had if it is too long, which is said in its place */
    OtlpAttributes text(String key, String text, String where) {
        return put(key, text.length() > LONGEST ? "(" + text.length() + " characters: too long for a span, see " + where + ")" : text);
    }

    /** A value as JSON in a text: what readers of traces search for and show. Pictures and files in it are named, not told. */
    OtlpAttributes json(String key, JsonNode value, String where) {
        return value.isMissingNode() || value.isNull() ? this : text(key, json(Referred.of(value, where)), where);
    }

    static String json(JsonNode value) {
        return WRITER.writeValueAsString(value);
    }

    ArrayNode pairs() {
        return pairs;
    }

    private static ObjectNode value(JsonNode value) {
        var typed = Json.object();
        switch (value.getNodeType()) {
            case STRING -> typed.put("stringValue", value.stringValue());
            case BOOLEAN -> typed.put("boolValue", value.booleanValue());
            case NUMBER -> number(typed, value);
            case ARRAY, OBJECT -> {
                if (isDeeper(value, DEEPEST)) {
                    typed.put("stringValue", json(value));
                } else if (value.isArray()) {
                    var elements = typed.putObject("arrayValue").putArray("values");
                    value.forEach(element -> elements.add(value(element)));
                } else {
                    typed.putObject("kvlistValue").set("values", of(value).pairs);
                }
            }
            default -> {} // a value that is none
        }
        return typed;
    }

    /** Of 64 bits as protobuf writes those, and what JSON has no number for in words. */
    private static void number(ObjectNode typed, JsonNode number) {
        var real = Json.doubleOf(number);
        if (number.isIntegralNumber() && number.canConvertToLong()) {
            typed.put("intValue", number.asString());
        } else if (Double.isFinite(real)) {
            typed.put("doubleValue", real);
        } else {
            typed.put("doubleValue", Double.toString(real));
        }
    }

    private static boolean isDeeper(JsonNode value, int levels) {
        return value.isContainer() && (levels == 0 || value.valueStream().anyMatch(inner -> isDeeper(inner, levels - 1)));
    }
}
