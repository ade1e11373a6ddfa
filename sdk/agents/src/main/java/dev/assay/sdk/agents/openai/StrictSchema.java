// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.openai;

import dev.assay.sdk.protocol.Json;
import java.util.LinkedHashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A tool's JSON Schema as OpenAI's strict mode wants it: objects are closed and need all their members, and keywords that it does not know
 * are left out. A schema that cannot be made so goes as it is.
 */
final class StrictSchema {

    private static final Logger log = LoggerFactory.getLogger(StrictSchema.class);

    private static final Set<String> UNSUPPORTED = Set.of(
            "default", "$schema", "$id", "$comment", "title", "examples", "deprecated", "minLength", "maxLength", "pattern", "format",
            "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "patternProperties", "unevaluatedProperties",
            "propertyNames", "minProperties", "maxProperties", "minItems", "maxItems", "uniqueItems", "unevaluatedItems", "contains",
            "minContains", "maxContains", "if", "then", "else", "dependentRequired", "dependentSchemas", "not", "readOnly", "writeOnly",
            "contentMediaType", "contentEncoding");

    /** Every round resolves one reference, and one that leads to itself never ends. */
    private static final int DEEPEST = 200;

    /** References that are written out can double at each level: a schema of a few lines may become one of millions. */
    private static final int MOST_PARTS = 10_000;

    /** As it was: what a reference leads to is taken from here, for a schema may refer to what is being converted. */
    private final JsonNode original;
    private int parts;

    private StrictSchema(JsonNode original) {
        this.original = original;
    }

    static JsonNode of(JsonNode schema) {
        if (schema.isEmpty()) {
            var closed = Json.object().put("additionalProperties", false).put("type", "object");
            closed.putObject("properties");
            closed.putArray("required");
            return closed;
        }
        try {
            var copy = object(schema.deepCopy());
            return new StrictSchema(schema).convert(copy, 0);
        } catch (IllegalArgumentException e) {
            log.warn("A tool's schema cannot be made strict: {}", e.getMessage());
            return schema;
        }
    }

    private ObjectNode convert(JsonNode given, int depth) {
        if (depth > DEEPEST) {
            throw new IllegalArgumentException("it is nested too deeply, or refers to itself");
        }
        var schema = object(given);
        each(schema.path("$defs"), depth);
        each(schema.path("definitions"), depth);
        close(schema);
        if (schema.path("properties") instanceof ObjectNode properties) {
            var required = Json.array();
            properties.propertyNames().forEach(required::add);
            schema.set("required", required);
            each(properties, depth);
        }
        if (schema.path("items") instanceof ObjectNode items) {
            convert(items, depth + 1);
        }
        flattenTuple(schema);
        foldAlternatives(schema, depth);
        inlineAllOf(schema, depth);
        schema.remove(UNSUPPORTED);
        return inlineReference(schema, depth);
    }

    private void each(JsonNode schemas, int depth) {
        if (schemas instanceof ObjectNode named) {
            named.properties().forEach(member -> convert(member.getValue(), depth + 1));
        }
    }

    private ArrayNode each(ArrayNode schemas, int depth) {
        schemas.forEach(schema -> convert(schema, depth + 1));
        return schemas;
    }

    private static void close(ObjectNode schema) {
        if (!schema.path("type").asString("").equals("object")) {
            return;
        }
        var additional = schema.path("additionalProperties");
        if (additional.isMissingNode() || additional.isBoolean()) {
            schema.put("additionalProperties", false);
        } else if (Json.isTrue(additional)) {
            throw new IllegalArgumentException("it allows members of any name");
        }
    }

    /** A list whose items have types of their own becomes one of their common type: of integers, as coordinates are, if they have none. */
    private static void flattenTuple(ObjectNode schema) {
        if (schema.path("prefixItems") instanceof ArrayNode items && !items.isEmpty()) {
            var types = new LinkedHashSet<JsonNode>();
            items.forEach(item -> {
                if (item.has("type")) {
                    types.add(item.get("type"));
                }
            });
            schema.set("items", Json.object().set("type", types.size() == 1 ? types.getFirst() : Json.tree("integer")));
            schema.remove("prefixItems");
        }
    }

    private void foldAlternatives(ObjectNode schema, int depth) {
        if (schema.path("anyOf") instanceof ArrayNode any) {
            each(any, depth);
        }
        if (schema.path("oneOf") instanceof ArrayNode one) {
            var all = schema.path("anyOf") instanceof ArrayNode any ? any : Json.array();
            schema.set("anyOf", all.addAll(each(one, depth)));
            schema.remove("oneOf");
        }
    }

    private void inlineAllOf(ObjectNode schema, int depth) {
        if (schema.path("allOf") instanceof ArrayNode all) {
            each(all, depth);
            if (all.size() == 1) {
                schema.remove("allOf");
                schema.setAll(object(all.get(0)));
            }
        }
    }

    /** A reference must stand alone: with others beside it, what it leads to is written out, and the others go before. */
    private ObjectNode inlineReference(ObjectNode schema, int depth) {
        var reference = schema.path("$ref");
        if (!Json.isTrue(reference) || schema.size() == 1) {
            return schema;
        }
        var target = object(target(reference.asString("")));
        bound(target);
        schema.remove("$ref");
        target.properties().forEach(member -> schema.putIfAbsent(member.getKey(), member.getValue().deepCopy()));
        return convert(schema, depth + 1);
    }

    private void bound(JsonNode written) {
        if (++parts > MOST_PARTS) {
            throw new IllegalArgumentException("it becomes too large once its references are written out");
        }
        written.forEach(this::bound);
    }

    private JsonNode target(String reference) {
        if (!reference.startsWith("#/")) {
            throw new IllegalArgumentException("its reference " + reference + " leads outside");
        }
        var found = original;
        for (var name : reference.substring(2).split("/")) {
            found = found.path(name);
        }
        return found;
    }

    private static ObjectNode object(JsonNode schema) {
        if (schema instanceof ObjectNode object) {
            return object;
        }
        throw new IllegalArgumentException("a part of it is no schema");
    }
}
