// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.translate.Conversation.Effort;
import dev.assay.gateway.translate.Conversation.Form;
import dev.assay.gateway.translate.Conversation.Level;
import dev.assay.gateway.translate.Conversation.Sampling;
import dev.assay.gateway.translate.Conversation.ToolChoice;
import dev.assay.gateway.translate.Conversation.ToolDeclaration;
import dev.assay.gateway.translate.Conversation.ToolKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads calls of Messages. */
final class MessagesRequests {

    private static final JsonNode BASH = ModelJson.MAPPER.readTree("""
            {"type": "object", "properties": {
              "command": {"type": "string", "description": "The command to run."},
              "restart": {"type": "boolean", "description": "Restart the shell instead."}}}""");
    private static final JsonNode EDITOR = ModelJson.MAPPER.readTree("""
            {"type": "object", "required": ["command", "path"], "properties": {
              "command": {"type": "string", "enum": ["view", "create", "str_replace", "insert"]},
              "path": {"type": "string"},
              "file_text": {"type": "string", "description": "For create: the whole file."},
              "old_str": {"type": "string", "description": "For str_replace: it must stand in the file exactly once."},
              "new_str": {"type": "string", "description": "For str_replace and insert."},
              "insert_line": {"type": "integer", "description": "For insert: the line behind which it goes; 0: the beginning."},
              "insert_text": {"type": "string", "description": "For insert."},
              "view_range": {"type": "array", "items": {"type": "integer"}, "description": "For view: first and last line."}}}""");

    private MessagesRequests() {}

    static Conversation read(ObjectNode body, boolean streamed, Losses losses) {
        var call = Members.of(body, losses);
        call.ignore("model", "stream");
        call.drop("metadata", "cache_control", "diagnostics", "user_profile_id", "workspace_id");
        if (!call.text("service_tier", "auto").equals("auto")) {
            call.drop("service_tier");
        }
        var output = call.object("output_config");
        var choice = call.object("tool_choice");
        var conversation = new Conversation(
                MessagesTurns.read(call, losses),
                tools(call, losses),
                choice(choice),
                choice == null || !choice.is("disable_parallel_tool_use"),
                new Sampling(
                        call.number("temperature"),
                        call.number("top_p"),
                        call.whole("top_k"),
                        call.whole("max_tokens"),
                        call.texts("stop_sequences"),
                        null,
                        null,
                        null),
                form(output),
                effort(call, output),
                streamed,
                false,
                null);
        if (output != null) {
            output.refuseRest();
        }
        call.refuseRest();
        return conversation;
    }

    private static Form form(@Nullable Members output) {
        var format = output == null ? null : output.object("format");
        return format == null ? new Form.Prose() : ChatRequests.form(format, format);
    }

    private static Effort effort(Members call, @Nullable Members output) {
        var level = output == null ? null : Levels.of(output, "effort");
        var thinking = call.object("thinking");
        if (thinking == null) {
            return new Effort(level, null, false);
        }
        thinking.drop("block_binding");
        var show = !thinking.text("display", "summarized").equals("omitted");
        var effort = switch (thinking.needed("type")) {
            case "disabled" -> new Effort(Level.NONE, null, false);
            case "adaptive" -> new Effort(level, null, show);
            case "enabled" -> new Effort(level, thinking.whole("budget_tokens"), show);
            default -> throw thinking.bad("type", "must be adaptive, enabled or disabled");
        };
        thinking.refuseRest();
        return effort;
    }

    private static List<ToolDeclaration> tools(Members call, Losses losses) {
        var tools = new ArrayList<ToolDeclaration>();
        for (var tool : call.objects("tools")) {
            var type = tool.text("type", "custom");
            tool.drop("cache_control", "eager_input_streaming", "defer_loading", "allowed_callers", "input_examples", "strict");
            if (type.equals("custom")) {
                tools.add(new ToolDeclaration(
                        ToolKind.FUNCTION,
                        tool.needed("name"),
                        null,
                        tool.text("description"),
                        tool.get("input_schema").isObject() ? tool.get("input_schema") : null,
                        null,
                        null));
            } else if (type.startsWith("bash_")) {
                tools.add(plain(tool, "Runs a command in a shell that stays open between calls.", BASH));
            } else if (type.startsWith("text_editor_")) {
                tools.add(plain(tool, "Shows, makes and edits files.", EDITOR));
            } else {
                losses.refuse(tool.at("type"), type + " " + Losses.NOT_HERE);
            }
        }
        return List.copyOf(tools);
    }

    private static ToolDeclaration plain(Members tool, String description, JsonNode schema) {
        return new ToolDeclaration(ToolKind.FUNCTION, tool.needed("name"), null, description, schema, null, null);
    }

    private static ToolChoice choice(@Nullable Members choice) {
        if (choice == null) {
            return new ToolChoice.Auto();
        }
        return switch (choice.needed("type")) {
            case "auto" -> new ToolChoice.Auto();
            case "none" -> new ToolChoice.None();
            case "any" -> new ToolChoice.Any();
            case "tool" -> new ToolChoice.One(choice.needed("name"));
            default -> throw choice.bad("type", "must be auto, any, tool or none");
        };
    }
}
