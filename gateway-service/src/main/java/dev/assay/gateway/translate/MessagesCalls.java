// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.translate.Block.Source;
import dev.assay.gateway.translate.Conversation.Form;
import dev.assay.gateway.translate.Conversation.Level;
import dev.assay.gateway.translate.Conversation.Speaker;
import dev.assay.gateway.translate.Conversation.ToolChoice;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes calls of Messages, in the shape of version 2023-06-01. */
final class MessagesCalls {

    /** What is asked for if the client does not say: this dialect wants a number. */
    private static final long MAX_TOKENS = 8192;

    /** Of thoughts, in tokens. */
    private static final long LEAST_BUDGET = 1024;

    private static final String JSON_ONLY = "Answer with a single JSON value and nothing else.";

    private MessagesCalls() {}

    static ObjectNode write(Conversation call, String model, Losses losses) {
        var sampling = call.sampling();
        var body = object().put("model", model);
        var budget = thinking(body, call, losses);
        var most = sampling.maxOutput() == null ? MAX_TOKENS : sampling.maxOutput();
        // The thoughts are part of the answer: there has to be room for both.
        body.put("max_tokens", sampling.maxOutput() == null && budget >= most ? budget + MAX_TOKENS : Math.max(1, most));
        system(body, call, losses);
        var messages = body.putArray("messages");
        for (var turn : call.turns()) {
            if (turn.speaker() != Speaker.SYSTEM) {
                var content = content(turn.blocks(), losses);
                if (!content.isEmpty()) {
                    messages.addObject().put("role", turn.speaker() == Speaker.USER ? "user" : "assistant").set("content", content);
                }
            }
        }
        tools(body, call);
        if (sampling.temperature() != null && sampling.temperature() > 1) {
            losses.refuse(Part.TEMPERATURE, "must be at most 1 for this model");
        }
        ChatCalls.set(body, "temperature", sampling.temperature());
        ChatCalls.set(body, "top_p", sampling.topP());
        ChatCalls.set(body, "top_k", sampling.topK());
        if (!sampling.stop().isEmpty()) {
            sampling.stop().forEach(body.putArray("stop_sequences")::add);
        }
        if (sampling.seed() != null) {
            losses.drop(Part.SEED);
        }
        if (sampling.presence() != null && sampling.presence() != 0) {
            losses.refuse(Part.PRESENCE);
        }
        if (sampling.frequency() != null && sampling.frequency() != 0) {
            losses.refuse(Part.FREQUENCY);
        }
        if (call.topLogprobs() != null) {
            losses.refuse(Part.LOGPROBS);
        }
        return body.put("stream", call.streamed());
    }

    /** @return the budget that thoughts have of their own; 0: none */
    private static long thinking(ObjectNode body, Conversation call, Losses losses) {
        var effort = call.effort();
        if (call.form() instanceof Form.Schema(var name, var schema, var strict)) {
            body.putObject("output_config").putObject("format").put("type", "json_schema").set("schema", schema);
        }
        if (effort.level() == Level.NONE) {
            body.putObject("thinking").put("type", "disabled");
            return 0;
        }
        var beside = allowsThinking(call);
        if (!beside && (effort.budget() != null || effort.level() != null)) {
            losses.drop(Part.EFFORT);
        }
        if (effort.budget() != null) {
            var most = call.sampling().maxOutput();
            var budget = Math.max(LEAST_BUDGET, most == null ? effort.budget() : Math.min(effort.budget(), most - 1));
            if (!beside) {
                return 0;
            }
            if (most != null && budget >= most) {
                losses.drop(Part.EFFORT);
                return 0;
            }
            body.putObject("thinking").put("type", "enabled").put("budget_tokens", budget);
            return budget;
        }
        if (effort.level() != null) {
            if (beside) {
                body.putObject("thinking").put("type", "adaptive");
            }
            body.withObjectProperty("output_config").put("effort", switch (effort.level()) {
                case NONE, MINIMAL, LOW -> "low";
                default -> Levels.word(effort.level());
            });
        }
        return 0;
    }

    /** Beside thoughts no tool can be forced, and little be said of how an answer is drawn. */
    private static boolean allowsThinking(Conversation call) {
        var sampling = call.sampling();
        var forced = call.choice() instanceof ToolChoice.Any || call.choice() instanceof ToolChoice.One;
        return (call.tools().isEmpty() || !forced)
                && (sampling.temperature() == null || sampling.temperature() == 1)
                && sampling.topK() == null
                && (sampling.topP() == null || sampling.topP() >= 0.95);
    }

    private static void system(ObjectNode body, Conversation call, Losses losses) {
        var texts = new ArrayList<String>();
        for (var turn : call.turns()) {
            if (turn.speaker() == Speaker.SYSTEM) {
                texts.add(MessagesTurns.text(turn.blocks(), losses));
            }
        }
        texts.removeIf(String::isEmpty);
        if (call.form() instanceof Form.AnyJson) {
            texts.add(JSON_ONLY);
            losses.drop(Part.ANY_JSON);
        }
        if (!texts.isEmpty()) {
            body.put("system", String.join("\n\n", texts));
        }
    }

    private static ArrayNode content(List<Block> blocks, Losses losses) {
        var content = object().arrayNode();
        for (var block : blocks) {
            switch (block) {
                // This dialect takes no empty text.
                case Block.Text(var text) when text.isEmpty() -> {}
                case Block.Text(var text) -> content.addObject().put("type", "text").put("text", text);
                case Block.Refusal(var text) -> content.addObject().put("type", "text").put("text", text);
                case Block.Image(var source, var detail) -> content.addObject().put("type", "image").set("source", source(source));
                case Block.Document(var source, var title) -> {
                    var document = content.addObject().put("type", "document");
                    document.set("source", source(source));
                    if (title != null) {
                        document.put("title", title);
                    }
                }
                case Block.ToolCall call -> content.addObject()
                        .put("type", "tool_use")
                        .put("id", Ids.plain(call.id()))
                        .put("name", Emulated.name(call.namespace(), call.name()))
                        .set("input", Emulated.object(call.arguments()));
                case Block.ToolResult result -> {
                    var written = content.addObject().put("type", "tool_result").put("tool_use_id", Ids.plain(result.id()));
                    written.set("content", content(result.blocks(), losses));
                    if (result.failed()) {
                        written.put("is_error", true);
                    }
                }
                case Block.Thinking(var text, var seal, var hidden) -> {
                    if (seal == null) {
                        losses.drop(Part.THINKING);
                    } else if (hidden) {
                        content.addObject().put("type", "redacted_thinking").put("data", seal);
                    } else {
                        content.addObject().put("type", "thinking").put("thinking", text).put("signature", seal);
                    }
                }
            }
        }
        return content;
    }

    private static ObjectNode source(Source source) {
        return switch (source) {
            case Source.Inline(var mime, var base64) ->
                object().put("type", "base64").put("media_type", mime).put("data", base64);
            case Source.Link(var url) -> object().put("type", "url").put("url", url);
        };
    }

    private static void tools(ObjectNode body, Conversation call) {
        if (call.tools().isEmpty()) {
            return;
        }
        var tools = body.putArray("tools");
        for (var tool : call.tools()) {
            var written = tools.addObject().put("name", Emulated.name(tool));
            var description = Emulated.description(tool);
            if (description != null) {
                written.put("description", description);
            }
            written.set("input_schema", Emulated.schema(tool));
        }
        var choice = body.putObject("tool_choice");
        switch (call.choice()) {
            case ToolChoice.Auto() -> choice.put("type", "auto");
            case ToolChoice.None() -> choice.put("type", "none");
            case ToolChoice.Any() -> choice.put("type", "any");
            case ToolChoice.One(var name) -> choice.put("type", "tool").put("name", Emulated.name(null, name));
        }
        if (!call.parallelTools() && !(call.choice() instanceof ToolChoice.None)) {
            choice.put("disable_parallel_tool_use", true);
        }
    }

    private static ObjectNode object() {
        return ModelJson.MAPPER.createObjectNode();
    }
}
