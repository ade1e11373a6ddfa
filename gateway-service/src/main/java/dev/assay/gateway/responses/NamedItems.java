// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.responses;

import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.Member;
import dev.assay.gateway.dialect.ModelJson;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/**
 * What a call names by its id alone ({@code item_reference}) instead of saying it again.
 *
 * @param ids which it names
 * @param input the call's items with what they stand for, JSON; of thoughts only what is sealed
 * @param holder the upstream that has them all itself; null: none has
 */
record NamedItems(Set<String> ids, byte[] input, @Nullable String holder) {

    /** Without an id there is no reference; what may be one after it is read says {@link #isReference}. */
    private static final Word ID = new Word("\"id\"");
    private static final Word ESCAPE = new Word("\\u");

    /** The ids that a call names; empty for nearly every call. */
    static Set<String> in(Body body) {
        var ids = new LinkedHashSet<String>();
        if (ID.isIn(body.bytes(), 0, body.length()) || ESCAPE.isIn(body.bytes(), 0, body.length())) {
            var input = Member.in(body.bytes(), body.length(), Set.of("input")).get("input");
            if (input != null) {
                try (var items = ModelJson.MAPPER.createParser(body.bytes(), input.from(), input.to() - input.from())) {
                    addReferences(items, ids);
                }
            }
        }
        return ids;
    }

    /** Of items only their first level is looked at: most of them are long. */
    private static void addReferences(JsonParser items, Set<String> ids) {
        if (items.nextToken() != JsonToken.START_ARRAY) {
            return;
        }
        while (items.nextToken() != JsonToken.END_ARRAY) {
            if (items.currentToken() != JsonToken.START_OBJECT) {
                items.skipChildren();
                continue;
            }
            var item = ModelJson.MAPPER.createObjectNode();
            while (items.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = items.currentName();
                var value = items.nextToken();
                if (!TELLING.contains(name)) {
                    items.skipChildren();
                } else if (value == JsonToken.VALUE_STRING) {
                    item.put(name, name.equals("content") ? "" : items.getString());
                } else if (value == JsonToken.VALUE_NULL) {
                    item.putNull(name);
                } else {
                    item.put(name, true);
                    items.skipChildren();
                }
            }
            if (isReference(item)) {
                ids.add(item.path("id").asString());
            }
        }
    }

    /**
     * @param rows in which they are found, in any order
     * @return null: one of them is in none
     */
    static @Nullable NamedItems of(Body body, Set<String> ids, List<ResponseRows.Kept> rows) {
        var known = new HashMap<String, JsonNode>();
        rows.forEach(row -> ModelJson.MAPPER.readTree(row.response()).path("output").forEach(item -> known.put(item.path("id").asString(""), item)));
        if (!known.keySet().containsAll(ids)) {
            return null;
        }
        var holders = rows.stream().map(row -> row.holds() ? row.upstream() : "").distinct().toList();
        var holder = holders.size() == 1 && !holders.getFirst().isEmpty() ? holders.getFirst() : null;
        return new NamedItems(ids, ModelJson.MAPPER.writeValueAsBytes(said(body, known)), holder);
    }

    private static JsonNode said(Body body, Map<String, JsonNode> known) {
        var said = ModelJson.MAPPER.createArrayNode();
        for (var item : items(body)) {
            var meant = isReference(item) ? known.get(item.path("id").asString()) : item;
            if (meant == item || KeptTurn.goesOn(meant)) {
                said.add(meant);
            }
        }
        return said;
    }

    /** Of an item. */
    private static final Set<String> TELLING = Set.of("id", "type", "role", "content");

    /** A provider takes what has an id and says nothing for a reference too, without a type. */
    private static boolean isReference(JsonNode item) {
        return item.path("id").isString()
                && (isSaid(item, "type")
                        ? item.path("type").asString("").equals("item_reference")
                        : !isSaid(item, "role") && !isSaid(item, "content"));
    }

    private static boolean isSaid(JsonNode item, String member) {
        return !item.path(member).isMissingNode() && !item.path(member).isNull();
    }

    private static JsonNode items(Body body) {
        var input = Member.in(body.bytes(), body.length(), Set.of("input")).get("input");
        return input == null
                ? ModelJson.MAPPER.missingNode()
                : ModelJson.MAPPER.readTree(body.bytes(), input.from(), input.to() - input.from());
    }
}
