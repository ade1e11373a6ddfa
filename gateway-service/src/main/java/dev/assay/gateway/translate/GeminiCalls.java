// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.translate.Block.Source;
import dev.assay.gateway.translate.Conversation.Effort;
import dev.assay.gateway.translate.Conversation.Form;
import dev.assay.gateway.translate.Conversation.Level;
import dev.assay.gateway.translate.Conversation.Speaker;
import dev.assay.gateway.translate.Conversation.ToolChoice;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes calls of Gemini's generateContent. */
final class GeminiCalls {

    private final Losses losses;
    /** A response names its function, where other dialects name only the call. */
    private final Map<String, String> names = new HashMap<>();

    private GeminiCalls(Losses losses) {
        this.losses = losses;
    }

    static ObjectNode write(Conversation call, Losses losses) {
        return new GeminiCalls(losses).body(call);
    }

    private ObjectNode body(Conversation call) {
        var body = object();
        var system = new ArrayList<String>();
        var contents = body.putArray("contents");
        for (var turn : call.turns()) {
            if (turn.speaker() == Speaker.SYSTEM) {
                system.add(MessagesTurns.text(turn.blocks(), losses));
                continue;
            }
            var parts = parts(turn.blocks());
            if (!parts.isEmpty()) {
                contents.addObject().put("role", turn.speaker() == Speaker.USER ? "user" : "model").set("parts", parts);
            }
        }
        system.removeIf(String::isEmpty);
        if (!system.isEmpty()) {
            body.putObject("systemInstruction").putArray("parts").addObject().put("text", String.join("\n\n", system));
        }
        tools(body, call);
        var generation = generation(call);
        if (!generation.isEmpty()) {
            body.set("generationConfig", generation);
        }
        return body;
    }

    private ObjectNode generation(Conversation call) {
        var sampling = call.sampling();
        var generation = object();
        ChatCalls.set(generation, "temperature", sampling.temperature());
        ChatCalls.set(generation, "topP", sampling.topP());
        ChatCalls.set(generation, "topK", sampling.topK());
        ChatCalls.set(generation, "maxOutputTokens", sampling.maxOutput());
        ChatCalls.set(generation, "seed", sampling.seed());
        ChatCalls.set(generation, "presencePenalty", sampling.presence());
        ChatCalls.set(generation, "frequencyPenalty", sampling.frequency());
        if (!sampling.stop().isEmpty()) {
            sampling.stop().forEach(generation.putArray("stopSequences")::add);
        }
        switch (call.form()) {
            case Form.Prose() -> {}
            case Form.AnyJson() -> generation.put("responseMimeType", "application/json");
            case Form.Schema(var name, var schema, var strict) ->
                generation.put("responseMimeType", "application/json").set("responseJsonSchema", schema);
        }
        thinking(generation, call.effort());
        if (call.topLogprobs() != null) {
            losses.refuse(Part.LOGPROBS);
        }
        return generation;
    }

    private static void thinking(ObjectNode generation, Effort effort) {
        var thinking = object();
        if (effort.level() == Level.NONE) {
            thinking.put("thinkingBudget", 0);
        } else if (effort.budget() != null) {
            thinking.put("thinkingBudget", effort.budget());
        } else if (effort.level() != null) {
            var level = switch (effort.level()) {
                case XHIGH, MAX -> Level.HIGH;
                default -> effort.level();
            };
            thinking.put("thinkingLevel", level.name());
        }
        if (effort.show()) {
            thinking.put("includeThoughts", true);
        }
        if (!thinking.isEmpty()) {
            generation.set("thinkingConfig", thinking);
        }
    }

    private ArrayNode parts(List<Block> blocks) {
        var parts = object().arrayNode();
        for (var block : blocks) {
            switch (block) {
                case Block.Text(var text) -> parts.addObject().put("text", text);
                case Block.Refusal(var text) -> parts.addObject().put("text", text);
                case Block.Image(var source, var detail) -> inline(parts, source, Part.IMAGE_LINK);
                case Block.Document(var source, var title) -> inline(parts, source, Part.DOCUMENT_LINK);
                case Block.Thinking unused -> losses.drop(Part.THINKING);
                case Block.ToolCall call -> {
                    var name = Emulated.name(call.namespace(), call.name());
                    names.put(call.id(), name);
                    var part = parts.addObject();
                    part.putObject("functionCall")
                            .put("id", Ids.plain(Ids.unsealed(call.id())))
                            .put("name", name)
                            .set("args", Emulated.object(call.arguments()));
                    var seal = Ids.sealOf(call.id());
                    if (seal != null) {
                        part.put("thoughtSignature", seal);
                    }
                }
                case Block.ToolResult result -> result(parts, result);
            }
        }
        return parts;
    }

    private void result(ArrayNode parts, Block.ToolResult result) {
        var response = parts.addObject().putObject("functionResponse");
        response.put("id", Ids.plain(Ids.unsealed(result.id()))).put("name", names.getOrDefault(result.id(), "tool"));
        response.putObject("response").put(result.failed() ? "error" : "output", MessagesTurns.text(result.blocks()));
        var others = object().arrayNode();
        for (var block : result.blocks()) {
            switch (block) {
                case Block.Image(var source, var detail) -> inline(others, source, Part.IMAGE_LINK);
                case Block.Document(var source, var title) -> inline(others, source, Part.DOCUMENT_LINK);
                default -> {}
            }
        }
        if (!others.isEmpty()) {
            response.set("parts", others);
        }
    }

    private void inline(ArrayNode parts, Source source, Part part) {
        switch (source) {
            case Source.Inline(var mime, var base64) ->
                parts.addObject().putObject("inlineData").put("mimeType", mime).put("data", base64);
            case Source.Link unused -> losses.refuse(part);
        }
    }

    private void tools(ObjectNode body, Conversation call) {
        if (call.tools().isEmpty()) {
            return;
        }
        var functions = body.putArray("tools").addObject().putArray("functionDeclarations");
        for (var tool : call.tools()) {
            var written = functions.addObject().put("name", Emulated.name(tool));
            var description = Emulated.description(tool);
            written.put("description", description == null ? "" : description);
            written.set("parametersJsonSchema", Emulated.schema(tool));
        }
        var calling = body.putObject("toolConfig").putObject("functionCallingConfig");
        switch (call.choice()) {
            case ToolChoice.Auto() -> calling.put("mode", "AUTO");
            case ToolChoice.None() -> calling.put("mode", "NONE");
            case ToolChoice.Any() -> calling.put("mode", "ANY");
            case ToolChoice.One(var name) -> calling.put("mode", "ANY").putArray("allowedFunctionNames").add(Emulated.name(null, name));
        }
        if (!call.parallelTools()) {
            losses.drop(Part.PARALLEL);
        }
    }

    private static ObjectNode object() {
        return ModelJson.MAPPER.createObjectNode();
    }
}
