// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.sampling;

import dev.assay.trainer.engine.Conversation.Message;
import dev.assay.trainer.engine.Conversation.Role;
import dev.assay.trainer.engine.Conversation.Tool;
import dev.assay.trainer.engine.Conversation.ToolCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Messages and tools of a body. */
final class Messages {

    private Messages() {}

    static List<Message> of(@Nullable JsonNode messages) {
        if (messages == null || !messages.isArray() || messages.isEmpty()) {
            throw ChatException.invalid("messages", "must be a list of at least one message");
        }
        List<Message> read = new ArrayList<>();
        for (var message : messages) {
            read.add(message(message, "messages[" + read.size() + "]"));
        }
        return read;
    }

    private static Message message(JsonNode message, String where) {
        var role = switch (message.path("role").asString("")) {
            case "system", "developer" -> Role.SYSTEM;
            case "user" -> Role.USER;
            case "assistant" -> Role.ASSISTANT;
            case "tool" -> Role.TOOL;
            default -> throw ChatException.invalid(where + ".role", "must be system, developer, user, assistant or tool, not "
                    + message.path("role"));
        };
        return new Message(
                role, text(message.path("content"), where + ".content"), calls(message.path("tool_calls"), where + ".tool_calls"));
    }

    private static String text(JsonNode content, String where) {
        if (content.isNull() || content.isMissingNode()) {
            return "";
        }
        if (content.isString()) {
            return content.stringValue();
        }
        if (!content.isArray()) {
            throw ChatException.invalid(where, "must be a text or a list of parts");
        }
        var text = new StringBuilder();
        for (int i = 0; i < content.size(); i++) {
            var part = content.get(i);
            if (!part.path("type").asString("").equals("text") || !part.path("text").isString()) {
                throw ChatException.invalid(where + "[" + i + "]", "this model reads text, not " + part.path("type"));
            }
            text.append(part.path("text").stringValue());
        }
        return text.toString();
    }

    private static List<ToolCall> calls(JsonNode calls, String where) {
        List<ToolCall> read = new ArrayList<>();
        for (var call : calls) {
            var function = call.path("function");
            if (!function.path("name").isString()) {
                throw ChatException.invalid(where + "[" + read.size() + "].function.name", "must be a text");
            }
            read.add(new ToolCall(function.path("name").stringValue(), function.path("arguments").asString("{}")));
        }
        return read;
    }

    static List<Tool> tools(@Nullable JsonNode tools, @Nullable JsonNode choice) {
        var asked = choice == null ? "auto" : choice.isString() ? choice.stringValue() : choice.toString();
        if (!asked.equals("auto") && !asked.equals("none")) {
            throw ChatException.invalid("tool_choice", "must be 'auto' or 'none' here, not " + asked);
        }
        List<Tool> read = new ArrayList<>();
        for (var tool : tools == null ? JsonMapper.shared().createArrayNode() : tools) {
            var function = tool.path("function");
            var name = function.path("name");
            if (!tool.path("type").asString("").equals("function") || !name.isString()) {
                throw ChatException.invalid("tools[" + read.size() + "]", "must be a function with a name");
            }
            read.add(new Tool(name.stringValue(), function.path("description").asString(""), function.path("parameters")));
        }
        return asked.equals("none") ? List.of() : read;
    }
}
