// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.chat;

import dev.assay.sdk.protocol.Json;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The part of a tool's JSON Schema that servers of Chat Completions take: types, ranges, members; of alternatives the first. */
final class ChatSchema {

    private static final Set<String> KEPT =
            Set.of("type", "description", "enum", "required", "default", "minimum", "maximum", "minItems", "maxItems");

    private ChatSchema() {}

    static ObjectNode of(JsonNode schema) {
        return schema.isEmpty() ? Json.object().put("type", "object").set("properties", Json.object()) : reduced(schema);
    }

    private static ObjectNode reduced(JsonNode schema) {
        var reduced = Json.object();
        for (var member : schema.properties()) {
            var value = member.getValue();
            switch (member.getKey()) {
                case "anyOf" -> {
                    if (value.isArray()) {
                        reduced.setAll(firstOf(value));
                    }
                }
                case "prefixItems" -> {
                    if (value.isArray()) {
                        reduced.put("type", "array");
                        if (!value.isEmpty()) {
                            var type = value.path(0).path("type");
                            reduced.set("items", Json.object().set("type", type.isMissingNode() ? Json.tree("string") : type));
                        }
                    }
                }
                case "properties" -> {
                    if (value.isObject()) {
                        var members = reduced.putObject("properties");
                        value.propertyStream().filter(property -> property.getValue().isObject())
                                .forEach(property -> members.set(property.getKey(), reduced(property.getValue())));
                    }
                }
                case "items" -> {
                    if (value.isObject()) {
                        reduced.set("items", reduced(value));
                    }
                }
                default -> {
                    if (KEPT.contains(member.getKey())) {
                        reduced.set(member.getKey(), value);
                    }
                }
            }
        }
        return reduced.isEmpty() ? reduced.put("type", "object") : reduced;
    }

    private static ObjectNode firstOf(JsonNode choices) {
        return choices.valueStream()
                .filter(choice -> choice.isObject() && !choice.path("type").asString("").equals("null"))
                .findFirst()
                .map(ChatSchema::reduced)
                .orElseGet(() -> Json.object().put("type", "string"));
    }
}
