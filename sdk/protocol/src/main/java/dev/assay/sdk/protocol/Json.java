// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * JSON as it travels on the control channel: compact, ASCII only (so that even a lone surrogate survives), with the bare tokens
 * {@code NaN} and {@code Infinity} that Python writes and reads.
 */
public final class Json {

    /** How deep Python's own reader goes before it gives up; a frame's envelope takes two or three of it. */
    private static final int DEPTH = 1000;

    /** Reads and writes records by their components, in the order they are declared; null components are left out. */
    public static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNameLength(Integer.MAX_VALUE)
                            .maxNestingDepth(DEPTH)
                            .maxNumberLength(100_000)
                            .build())
                    .streamWriteConstraints(
                            StreamWriteConstraints.builder().maxNestingDepth(2 * DEPTH).build()) // what was read goes on in something larger
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                    .disable(JsonWriteFeature.WRITE_NAN_AS_STRINGS)
                    .build())
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    private Json() {}

    public static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    public static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /** Any value as a tree: a record, a map, a list, a tree itself. */
    public static JsonNode tree(@Nullable Object value) {
        return value == null ? JsonNodeFactory.instance.nullNode() : MAPPER.valueToTree(value);
    }

    /** A number as Python's {@code float} takes it: what is too large for a double is infinite. */
    public static double doubleOf(JsonNode number) {
        // the library's own throws for these
        return number.isBigInteger() ? number.bigIntegerValue().doubleValue()
                : number.isBigDecimal() ? number.decimalValue().doubleValue()
                : number.doubleValue();
    }

    /** Whether Python takes the value for true: all but null, false, zero and what is empty. */
    public static boolean isTrue(JsonNode value) {
        return switch (value.getNodeType()) {
            case BOOLEAN -> value.booleanValue();
            case NUMBER -> doubleOf(value) != 0;
            case STRING -> !value.stringValue().isEmpty();
            case ARRAY, OBJECT -> !value.isEmpty();
            default -> false;
        };
    }

    /** A copy in which numbers that JSON cannot write (NaN, the infinities) have become null. */
    public static JsonNode finite(JsonNode node) {
        return switch (node) {
            case ObjectNode object -> {
                var copy = object();
                object.properties().forEach(member -> copy.set(member.getKey(), finite(member.getValue())));
                yield copy;
            }
            case ArrayNode array -> {
                var copy = array();
                array.forEach(item -> copy.add(finite(item)));
                yield copy;
            }
            default -> node.isFloatingPointNumber() && !node.isBigDecimal() && !Double.isFinite(node.doubleValue()) ? JsonNodeFactory.instance.nullNode() : node;
        };
    }
}
