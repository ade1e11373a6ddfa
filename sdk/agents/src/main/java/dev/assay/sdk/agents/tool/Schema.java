// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.tool;

import dev.assay.sdk.protocol.Json;
import tools.jackson.databind.node.ObjectNode;

/** Builds the JSON Schema of a tool's arguments. */
public final class Schema {

    private final ObjectNode properties = Json.object();
    private final ObjectNode schema = Json.object().put("type", "object");

    public Schema text(String name, String description) {
        properties.set(name, property("string", description));
        return this;
    }

    public Schema integer(String name, int minimum, String description) {
        properties.set(name, property("integer", description).put("minimum", minimum));
        return this;
    }

    public Schema integer(String name, String description) {
        properties.set(name, property("integer", description));
        return this;
    }

    public Schema flag(String name, String description) {
        properties.set(name, property("boolean", description));
        return this;
    }

    public ObjectNode requiring(String... names) {
        schema.set("properties", properties);
        var required = schema.putArray("required");
        for (var name : names) {
            required.add(name);
        }
        return schema;
    }

    private static ObjectNode property(String type, String description) {
        return Json.object().put("type", type).put("description", description);
    }
}
