// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.sdk.protocol.Json;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Values of attributes, which may be JSON in a string, or an object that was spread over many keys. */
final class OtelText {

    /** A text that holds more levels stays a text: it stands in an answer, which has a depth too. */
    private static final int DEEPEST = 400;

    private static final int MOST_NAMES = 12;
    private static final Pattern NUMBER = Pattern.compile("\\d{1,6}");

    private static final JsonMapper INNER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(DEEPEST)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .build();

    private OtelText() {}

    /** What a string that holds an object or a list says; everything else as it is. */
    static JsonNode parsed(JsonNode value) {
        var text = value.isString() ? value.stringValue().strip() : "";
        if (!text.startsWith("{") && !text.startsWith("[")) {
            return value;
        }
        try {
            return INNER.readTree(text);
        } catch (JacksonException e) {
            return value;
        }
    }

    /** A value as people read it. */
    static String of(JsonNode value) {
        if (value.isString()) {
            return value.stringValue();
        }
        return value.isMissingNode() || value.isNull() ? "" : Json.MAPPER.writeValueAsString(value);
    }

    /** The first of these attributes that is there. */
    static Optional<JsonNode> first(JsonNode attributes, String... names) {
        for (var name : names) {
            if (attributes.hasNonNull(name)) {
                return Optional.of(attributes.path(name));
            }
        }
        return Optional.empty();
    }

    /** {@code prefix.0.a.b = 1} is an object with an object in it, under 0. Missing: no key begins so. */
    static JsonNode spread(JsonNode attributes, String prefix) {
        var whole = Json.object();
        for (var attribute : attributes.properties()) {
            if (attribute.getKey().startsWith(prefix + ".")) {
                put(whole, attribute.getKey().substring(prefix.length() + 1).split("\\.", MOST_NAMES), attribute.getValue());
            }
        }
        return whole.isEmpty() ? whole.path("") : whole;
    }

    private static void put(ObjectNode whole, String[] names, JsonNode value) {
        var at = whole;
        for (var name : List.of(names).subList(0, names.length - 1)) {
            at = at.get(name) instanceof ObjectNode inner ? inner : at.putObject(name);
        }
        at.set(names[names.length - 1], value);
    }

    /** The elements of a list, also of one that was spread. */
    static List<JsonNode> values(JsonNode list) {
        if (!list.isObject()) {
            return list.valueStream().toList();
        }
        var numbered = new ArrayList<Map.Entry<String, JsonNode>>(list.properties());
        numbered.removeIf(one -> !NUMBER.matcher(one.getKey()).matches());
        numbered.sort(Comparator.comparing(one -> Integer.parseInt(one.getKey())));
        return numbered.stream().map(Map.Entry::getValue).toList();
    }
}
