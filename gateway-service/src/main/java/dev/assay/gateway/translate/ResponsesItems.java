// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.translate.Block.Arguments;
import dev.assay.gateway.translate.Conversation.ToolKind;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The items of a response's output: one for each block of an answer. */
final class ResponsesItems {

    static final String SEAL = "assay1.";

    private final Emulated tools;
    private final String id;
    private final boolean sealed;

    /** @param sealed whether the client wants what it needs to send thoughts back */
    ResponsesItems(Emulated tools, String id, boolean sealed) {
        this.tools = tools;
        this.id = id;
        this.sealed = sealed;
    }

    ToolKind kind(Gathered.Part part) {
        return tools.kind(String.valueOf(part.tool));
    }

    String idOf(Gathered.Part part) {
        var prefix = switch (part.kind) {
            case TEXT, REFUSAL -> "msg_";
            case THINKING -> "rs_";
            case TOOL -> switch (kind(part)) {
                case FUNCTION -> "fc_";
                case CUSTOM -> "ctc_";
                case SHELL -> "sh_";
            };
        };
        return prefix + id + "_" + part.index;
    }

    /** @param done whether all of it is there; else it is as it begins in a stream */
    ObjectNode item(Gathered.Part part, boolean done) {
        var status = done ? "completed" : "in_progress";
        return switch (part.kind) {
            case TEXT, REFUSAL -> {
                var item = object().put("id", idOf(part)).put("type", "message").put("status", status).put("role", "assistant");
                var content = item.putArray("content");
                if (done) {
                    content.add(content(part, part.text.toString()));
                }
                yield item;
            }
            case THINKING -> thought(part, done);
            case TOOL -> call(part, done, status);
        };
    }

    static ObjectNode content(Gathered.Part part, String text) {
        if (part.is(Piece.Kind.REFUSAL)) {
            return object().put("type", "refusal").put("refusal", text);
        }
        var content = object().put("type", "output_text").put("text", text);
        content.putArray("annotations");
        content.putArray("logprobs").addAll(part.tokens);
        return content;
    }

    private ObjectNode thought(Gathered.Part part, boolean done) {
        var item = object().put("id", idOf(part)).put("type", "reasoning");
        var summary = item.putArray("summary");
        if (done && !part.text.isEmpty()) {
            summary.add(summary(part.text.toString()));
        }
        if (done && sealed && part.seal != null) {
            item.put("encrypted_content", seal(part));
        }
        return item;
    }

    static ObjectNode summary(String text) {
        return object().put("type", "summary_text").put("text", text);
    }

    private ObjectNode call(Gathered.Part part, boolean done, String status) {
        var declared = tools.called(String.valueOf(part.tool));
        var name = declared == null ? part.tool : declared.name();
        var item = switch (kind(part)) {
            case FUNCTION -> object().put("id", idOf(part))
                    .put("type", "function_call")
                    .put("status", status)
                    .put("call_id", part.callId)
                    .put("name", name)
                    .put("arguments", done ? part.arguments() : "");
            case CUSTOM -> object().put("id", idOf(part))
                    .put("type", "custom_tool_call")
                    .put("call_id", part.callId)
                    .put("name", name)
                    .put("input", done ? Emulated.input(part.arguments()) : "");
            case SHELL -> {
                var shell = object().put("id", idOf(part)).put("type", "shell_call").put("status", status).put("call_id", part.callId);
                shell.set("action", action(done ? part.arguments() : "{}"));
                yield shell;
            }
        };
        if (declared != null && declared.namespace() != null) {
            item.put("namespace", declared.namespace());
        }
        return item;
    }

    /** What is no list of commands is one that fails at the client, which says so to the model. */
    private static ObjectNode action(String arguments) {
        var action = object();
        var commands = action.putArray("commands");
        var said = Emulated.arguments(arguments) instanceof Arguments.Json(var value) ? value : object().put("commands", arguments);
        if (said.path("commands").isString()) {
            commands.add(said.path("commands").asString());
        }
        said.path("commands").valueStream().filter(JsonNode::isString).forEach(commands::add);
        for (var limit : new String[] {"timeout_ms", "max_output_length"}) {
            if (said.path(limit).isIntegralNumber()) {
                action.set(limit, said.path(limit));
            } else {
                action.putNull(limit);
            }
        }
        return action;
    }

    private static String seal(Gathered.Part part) {
        var inside = object().put("text", part.text.toString()).put("seal", part.seal).put("hidden", part.hidden);
        return SEAL + Base64.getUrlEncoder().withoutPadding().encodeToString(ModelJson.MAPPER.writeValueAsBytes(inside));
    }

    /** The thought that was sealed; null: this is no seal of ours. */
    static Block.@Nullable Thinking unseal(String sealed) {
        if (!sealed.startsWith(SEAL)) {
            return null;
        }
        try {
            var inside = ModelJson.MAPPER.readTree(new String(
                    Base64.getUrlDecoder().decode(sealed.substring(SEAL.length())), StandardCharsets.UTF_8));
            return new Block.Thinking(
                    inside.path("text").asString(""), inside.path("seal").asString(""), inside.path("hidden").asBoolean(false));
        } catch (IllegalArgumentException | tools.jackson.core.JacksonException e) {
            return null;
        }
    }

    private static ObjectNode object() {
        return ModelJson.MAPPER.createObjectNode();
    }
}
