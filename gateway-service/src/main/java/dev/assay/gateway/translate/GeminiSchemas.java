// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.ModelJson;
import java.util.Locale;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.LongNode;
import tools.jackson.databind.node.ObjectNode;

/** Google's own schemas as JSON schemas: types in small letters, nullable as a type, lengths as numbers. */
final class GeminiSchemas {

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    private GeminiSchemas() {}

    static ObjectNode standard(ObjectNode google) {
        var schema = ModelJson.MAPPER.createObjectNode();
        for (var member : google.properties()) {
            var value = member.getValue();
            switch (member.getKey()) {
                case "type" -> type(schema, google, value);
                case "nullable", "propertyOrdering", "property_ordering", "example" -> {}
                case "anyOf", "any_of" -> schema.set("anyOf", each(value));
                case "properties" -> schema.set("properties", properties(value));
                case "items" -> schema.set("items", value instanceof ObjectNode items ? standard(items) : value);
                case "minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties" ->
                    schema.set(member.getKey(), number(value));
                default -> schema.set(member.getKey(), value);
            }
        }
        return schema;
    }

    private static JsonNode number(JsonNode value) {
        return value.isString() && NUMBER.matcher(value.asString()).matches()
                ? LongNode.valueOf(Long.parseLong(value.asString()))
                : value;
    }

    private static void type(ObjectNode schema, ObjectNode google, JsonNode value) {
        var type = value.asString("").toLowerCase(Locale.ROOT);
        if (type.isEmpty() || type.equals("type_unspecified")) {
            return;
        }
        if (google.path("nullable").asBoolean(false)) {
            schema.putArray("type").add(type).add("null");
        } else {
            schema.put("type", type);
        }
    }

    private static JsonNode properties(JsonNode google) {
        var properties = ModelJson.MAPPER.createObjectNode();
        google.properties().forEach(member -> properties.set(
                member.getKey(), member.getValue() instanceof ObjectNode schema ? standard(schema) : member.getValue()));
        return properties;
    }

    private static ArrayNode each(JsonNode schemas) {
        var all = ModelJson.MAPPER.createArrayNode();
        schemas.forEach(schema -> all.add(schema instanceof ObjectNode one ? standard(one) : schema));
        return all;
    }
}
