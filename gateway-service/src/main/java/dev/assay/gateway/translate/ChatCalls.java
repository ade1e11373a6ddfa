// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.Dialects;
import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.translate.Conversation.Form;
import dev.assay.gateway.translate.Conversation.ToolChoice;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Writes calls of Chat Completions, in words that most servers know that speak it. */
final class ChatCalls {

    private ChatCalls() {}

    static ObjectNode write(Conversation call, String model, Losses losses) {
        var body = object().put("model", model);
        var messages = body.putArray("messages");
        call.turns().forEach(turn -> ChatMessages.turn(messages, turn, losses));
        tools(body, call);
        var sampling = call.sampling();
        set(body, Dialects.lengthInChat(model), sampling.maxOutput());
        set(body, "temperature", sampling.temperature());
        set(body, "top_p", sampling.topP());
        set(body, "seed", sampling.seed());
        set(body, "presence_penalty", sampling.presence());
        set(body, "frequency_penalty", sampling.frequency());
        if (sampling.topK() != null) {
            losses.refuse(Part.TOP_K);
        }
        if (!sampling.stop().isEmpty()) {
            sampling.stop().forEach(body.putArray("stop")::add);
        }
        form(body, call.form());
        var level = Levels.openAi(call.effort());
        if (level != null) {
            body.put("reasoning_effort", level);
        }
        if (call.topLogprobs() != null) {
            body.put("logprobs", true);
            if (call.topLogprobs() > 0) {
                body.put("top_logprobs", call.topLogprobs());
            }
        }
        body.put("stream", call.streamed());
        if (call.streamed()) {
            body.putObject("stream_options").put("include_usage", true);
        }
        return body;
    }

    private static void tools(ObjectNode body, Conversation call) {
        if (call.tools().isEmpty()) {
            return;
        }
        var tools = body.putArray("tools");
        for (var tool : call.tools()) {
            var function = tools.addObject().put("type", "function").putObject("function").put("name", Emulated.name(tool));
            var description = Emulated.description(tool);
            if (description != null) {
                function.put("description", description);
            }
            function.set("parameters", Emulated.schema(tool));
            if (Boolean.TRUE.equals(tool.strict())) {
                function.put("strict", true);
            }
        }
        switch (call.choice()) {
            case ToolChoice.Auto() -> body.put("tool_choice", "auto");
            case ToolChoice.None() -> body.put("tool_choice", "none");
            case ToolChoice.Any() -> body.put("tool_choice", "required");
            case ToolChoice.One(var name) ->
                body.putObject("tool_choice").put("type", "function").putObject("function").put("name", Emulated.name(null, name));
        }
        if (!call.parallelTools()) {
            body.put("parallel_tool_calls", false);
        }
    }

    private static void form(ObjectNode body, Form form) {
        switch (form) {
            case Form.Prose() -> {}
            case Form.AnyJson() -> body.putObject("response_format").put("type", "json_object");
            case Form.Schema schema -> body.putObject("response_format").put("type", "json_schema").set("json_schema", named(schema));
        }
    }

    /** The members in which OpenAI's dialects describe a schema. */
    static ObjectNode named(Form.Schema schema) {
        var described = object().put("name", schema.name());
        described.set("schema", schema.schema());
        if (schema.strict() != null) {
            described.put("strict", schema.strict());
        }
        return described;
    }

    static void set(ObjectNode into, String name, @Nullable Number value) {
        switch (value) {
            case null -> {}
            case Long whole -> into.put(name, whole);
            default -> into.put(name, value.doubleValue());
        }
    }

    private static ObjectNode object() {
        return ModelJson.MAPPER.createObjectNode();
    }
}
