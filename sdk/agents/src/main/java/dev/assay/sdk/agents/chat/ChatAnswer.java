// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.chat;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.AgentStep;
import dev.assay.sdk.protocol.step.ToolCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A response of the Chat Completions protocol, read leniently: only its first choice must be there. */
final class ChatAnswer {

    private final JsonNode response;
    private final JsonNode choice;
    private final JsonNode message;

    ChatAnswer(JsonNode response) {
        this.response = response;
        this.choice = response.path("choices").path(0);
        this.message = choice.path("message");
        if (!message.isObject()) {
            throw new IllegalStateException("the model's answer has no choices");
        }
    }

    AgentStep step(String requestedModel, @Nullable JsonNode sample) {
        var calls = calls();
        return new AgentStep(
                message.path("content").asString(""),
                reasoning(),
                calls,
                calls.isEmpty(),
                choice.path("finish_reason").asStringOpt().orElse(null),
                null,
                message.path("refusal").asStringOpt().orElse(null),
                List.of(),
                response,
                response.path("model").asString(requestedModel),
                usage(),
                sample,
                null);
    }

    /** The message as it is told again in the next request: whole, but for null members and arguments that are no JSON. */
    ObjectNode replayed() {
        var copy = Json.object();
        message.propertyStream().filter(member -> !member.getValue().isNull()).forEach(member -> copy.set(member.getKey(), member.getValue()));
        var functions = functionCalls();
        if (!functions.isEmpty()) {
            var calls = copy.putArray("tool_calls");
            functions.forEach(call -> calls.add(replayed(call)));
        }
        return copy;
    }

    /** The token data for training, if the model gave it: what came out, and one form of what went in. */
    @Nullable ObjectNode sample() {
        var prompt = choice.path("prompt_token_ids");
        var chunks = choice.path("prompt_chunks");
        if (!choice.path("token_ids").isArray() || !prompt.isArray() && !chunks.isArray()) {
            return null;
        }
        var sample = Json.object();
        sample.set("prompt_token_ids", prompt.isArray() ? prompt : Json.array());
        if (chunks.isArray()) {
            sample.set("prompt_chunks", chunks);
        }
        sample.set("output_token_ids", choice.path("token_ids"));
        var logprobs = sample.putArray("output_logprobs");
        choice.path("logprobs").path("content").forEach(token -> logprobs.add(token.path("logprob")));
        return sample;
    }

    /** Whether the prompt came back as plain token ids, so that the next one can begin with them. */
    boolean hasFlatPrompt() {
        return choice.path("prompt_token_ids").isArray();
    }

    private List<ToolCall> calls() {
        var calls = new ArrayList<ToolCall>();
        for (var call : functionCalls()) {
            var function = call.path("function");
            calls.add(new ToolCall(function.path("name").asString(""), arguments(function), call.path("id").asStringOpt().orElse(null)));
        }
        return calls;
    }

    private List<JsonNode> functionCalls() {
        return message.path("tool_calls").valueStream()
                .filter(call -> call.path("type").asString("function").equals("function") && call.path("function").isObject())
                .toList();
    }

    private static JsonNode replayed(JsonNode call) {
        var function = call.path("function");
        var parsed = arguments(function);
        var copy = Json.object();
        copy.set("id", call.path("id"));
        copy.put("type", "function");
        copy.putObject("function")
                .put("name", function.path("name").asString(""))
                .put("arguments", parsed.isString() ? "{}" : function.path("arguments").asString("{}"));
        return copy;
    }

    /** An object, or the text itself where it is no JSON. Any other JSON counts as no arguments. */
    private static JsonNode arguments(JsonNode function) {
        var text = function.path("arguments").asString("");
        try {
            var parsed = text.isEmpty() ? Json.object() : Json.MAPPER.readTree(text);
            return parsed.isObject() ? parsed : Json.object();
        } catch (JacksonException e) {
            return Json.tree(text);
        }
    }

    private @Nullable String reasoning() {
        var content = message.path("reasoning_content").asString("");
        var reasoning = content.isEmpty() ? message.path("reasoning").asString("") : content;
        return reasoning.isEmpty() ? null : reasoning;
    }

    private AgentStep.@Nullable Usage usage() {
        var usage = response.path("usage");
        if (!usage.isObject()) {
            return null;
        }
        return new AgentStep.Usage(
                count(usage.path("prompt_tokens")),
                count(usage.path("completion_tokens")),
                count(usage.path("prompt_tokens_details").path("cached_tokens")),
                null,
                null);
    }

    private static @Nullable Long count(JsonNode number) {
        return number.isNumber() ? number.asLong(0) : null;
    }
}
