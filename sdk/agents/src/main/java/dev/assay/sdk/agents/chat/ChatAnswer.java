// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.chat;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.AgentStep;
import dev.assay.sdk.protocol.step.ToolCall;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A response of the Chat Completions protocol. What providers do differently is read; what has no reading is an error that says so, since
 * an empty answer in its place would be graded as the model's.
 */
final class ChatAnswer {

    private static final int SHOWN = 300;

    private final JsonNode response;
    private final JsonNode choice;
    private final JsonNode message;
    private final String content;
    private final List<Call> calls = new ArrayList<>();

    /** @param function as it came */
    private record Call(String id, JsonNode function) {

        String name() {
            return function.path("name").asString("");
        }

        /** An object, also one that is not wrapped in text, or the text itself where it is no JSON. Other JSON counts as no arguments. */
        JsonNode arguments() {
            var given = function.path("arguments");
            if (!given.isString()) {
                return given.isObject() ? given : Json.object();
            }
            var text = given.stringValue();
            try {
                var parsed = text.isEmpty() ? Json.object() : Json.MAPPER.readTree(text);
                return parsed.isMissingNode() ? given : parsed.isObject() ? parsed : Json.object();
            } catch (JacksonException e) {
                return given;
            }
        }

        ObjectNode replayed() {
            var given = function.path("arguments");
            var text = given.isObject() ? Json.MAPPER.writeValueAsString(given) : given.asString("{}");
            var copy = Json.object().put("id", id).put("type", "function");
            copy.putObject("function").put("name", name()).put("arguments", arguments().isString() ? "{}" : text);
            return copy;
        }
    }

    /**
     * Reads a response.
     *
     * @param number what makes the ids of this response's calls unlike others', where the provider gives none
     * @throws IOException if it is no answer, with what it is
     */
    ChatAnswer(JsonNode response, int number) throws IOException {
        this.response = response;
        this.choice = response.path("choices").path(0);
        this.message = choice.path("message");
        var error = told(response.path("error")) ? response.path("error") : choice.path("error");
        if (told(error)) {
            throw new IOException("the provider answered with an error: " + reason(error));
        }
        if (!message.isObject()) {
            throw new IOException("the model's answer has no choices: " + shown(response));
        }
        this.content = content(message.path("content"));
        for (var call : message.path("tool_calls")) {
            if (call.path("type").asString("function").equals("function") && call.path("function").isObject()) {
                var id = call.path("id").asString("");
                calls.add(new Call(id.isEmpty() ? "call_" + number + "_" + calls.size() : id, call.path("function")));
            }
        }
        if (!told(message.path("content")) && calls.isEmpty() && !told(message.path("refusal")) && reasoning() == null) {
            throw new IOException("the model's answer holds no content and no calls: " + shown(choice));
        }
    }

    private static boolean told(JsonNode value) {
        return !value.isMissingNode() && !value.isNull();
    }

    private static String reason(JsonNode error) {
        var message = error.path("message").asString("");
        return message.isEmpty() ? shown(error) : message + (told(error.path("code")) ? " (" + error.path("code").asString("") + ")" : "");
    }

    private static String shown(JsonNode odd) {
        var text = odd.isMissingNode() ? "nothing" : odd.toString();
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + " …";
    }

    /** Text, or a list of parts of which some are text. */
    private static String content(JsonNode content) throws IOException {
        if (!told(content) || content.isString()) {
            return content.asString("");
        }
        if (!content.isArray()) {
            throw new IOException("the model's answer has a content of an unknown kind: " + shown(content));
        }
        var text = new StringBuilder();
        for (var part : content) {
            if (!part.path("text").isString() && !part.path("type").isString()) {
                throw new IOException("the model's answer has a content of an unknown kind: " + shown(content));
            }
            text.append(part.path("text").asString(""));
        }
        return text.toString();
    }

    AgentStep step(String requestedModel, @Nullable JsonNode sample) {
        return AgentStep.says(
                        content,
                        calls.stream().map(call -> new ToolCall(call.name(), call.arguments(), call.id())).toList(),
                        response.path("model").asString(requestedModel))
                .withReasoning(reasoning())
                .withFinish(
                        choice.path("finish_reason").asStringOpt().orElse(null), message.path("refusal").asStringOpt().orElse(null))
                .withRaw(response, sample)
                .withUsage(usage());
    }

    /** The message as it is told again in the next request: whole, but for null members and arguments that are no JSON. */
    ObjectNode replayed() {
        var copy = Json.object();
        message.propertyStream().filter(member -> !member.getValue().isNull()).forEach(member -> copy.set(member.getKey(), member.getValue()));
        if (!calls.isEmpty()) {
            var told = copy.putArray("tool_calls");
            calls.forEach(call -> told.add(call.replayed()));
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
        return AgentStep.Usage.of(
                count(usage.path("prompt_tokens")),
                count(usage.path("completion_tokens")),
                count(usage.path("prompt_tokens_details").path("cached_tokens")));
    }

    private static @Nullable Long count(JsonNode number) {
        return number.isNumber() ? number.asLong(0) : null;
    }
}
