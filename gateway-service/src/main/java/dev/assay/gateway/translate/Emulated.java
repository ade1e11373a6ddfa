// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.translate.Block.Arguments;
import dev.assay.gateway.translate.Conversation.ToolDeclaration;
import dev.assay.gateway.translate.Conversation.ToolKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The tools of a call as plain functions, which every dialect has, and their calls turned back into what the client declared: tools that
 * take a free text, Responses' shell, and names in namespaces.
 */
final class Emulated {

    private static final int LONGEST_NAME = 64;
    private static final String INPUT = "input";
    private static final JsonNode TEXT = ModelJson.MAPPER.readTree("""
            {"type": "object", "properties": {"input": {"type": "string"}}, "required": ["input"], "additionalProperties": false}""");
    private static final JsonNode SHELL = ModelJson.MAPPER.readTree("""
            {"type": "object", "required": ["commands"], "properties": {
              "commands": {"type": "array", "items": {"type": "string"}, "description": "Shell commands, run one after the other."},
              "timeout_ms": {"type": "integer", "description": "How long each may take, in milliseconds."},
              "max_output_length": {"type": "integer", "description": "How many characters of output are kept of each."}}}""");
    private static final JsonNode NOTHING = ModelJson.MAPPER.readTree("""
            {"type": "object", "properties": {}}""");

    private final Map<String, ToolDeclaration> byWireName = new HashMap<>();

    Emulated(List<ToolDeclaration> tools) {
        tools.forEach(tool -> byWireName.put(name(tool), tool));
    }

    /** A tool's name as every dialect takes it: some have shorter ones than others. */
    static String name(@Nullable String namespace, String name) {
        var joined = namespace == null ? name : namespace + "__" + name;
        return joined.length() <= LONGEST_NAME ? joined : joined.substring(0, LONGEST_NAME - 9) + "_" + Ids.hash(joined).substring(0, 8);
    }

    static String name(ToolDeclaration tool) {
        return name(tool.namespace(), tool.name());
    }

    static @Nullable String description(ToolDeclaration tool) {
        if (tool.kind() == ToolKind.SHELL) {
            return "Runs commands in a shell.";
        }
        var described = tool.description() == null ? "" : tool.description() + "\n\n";
        return tool.grammar() == null ? tool.description() : described + "The input must follow this grammar:\n" + tool.grammar();
    }

    static JsonNode schema(ToolDeclaration tool) {
        return switch (tool.kind()) {
            case CUSTOM -> TEXT;
            case SHELL -> SHELL;
            case FUNCTION -> tool.schema() == null || tool.schema().isEmpty() ? NOTHING : tool.schema();
        };
    }

    /** Arguments as an object. What is none is put into one. */
    static ObjectNode object(Arguments arguments) {
        return switch (arguments) {
            case Arguments.Json(var value) -> value;
            case Arguments.Raw(var text) -> ModelJson.MAPPER.createObjectNode().put(INPUT, text);
        };
    }

    static String json(Arguments arguments) {
        return ModelJson.MAPPER.writeValueAsString(object(arguments));
    }

    /** What was said of a call's arguments; nothing at all means no arguments. */
    static Arguments arguments(String text) {
        if (text.isBlank()) {
            return new Arguments.Json(ModelJson.MAPPER.createObjectNode());
        }
        try {
            return ModelJson.MAPPER.readTree(text) instanceof ObjectNode object ? new Arguments.Json(object) : new Arguments.Raw(text);
        } catch (JacksonException e) {
            return new Arguments.Raw(text);
        }
    }

    /** The tool that the client declared and the upstream calls by this name; null: it declared none. */
    @Nullable ToolDeclaration called(String wireName) {
        return byWireName.get(name(null, wireName));
    }

    /** The name that it has for a client that knows no namespaces. */
    String said(@Nullable String wireName) {
        var name = String.valueOf(wireName);
        var tool = called(name);
        return tool == null ? name : tool.name();
    }

    ToolKind kind(String wireName) {
        var tool = called(wireName);
        return tool == null ? ToolKind.FUNCTION : tool.kind();
    }

    /** The free text of a call that was made as a function's. */
    static String input(String arguments) {
        return arguments(arguments) instanceof Arguments.Json(var object) && object.path(INPUT).isString()
                ? object.path(INPUT).asString()
                : arguments;
    }
}
