// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.gemini;

import dev.assay.sdk.agents.model.EventStream;
import dev.assay.sdk.agents.model.Wire;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.AgentStep;
import dev.assay.sdk.protocol.step.ToolCall;
import java.io.IOException;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a stream of chunks has said in all: every part as it came, and the last word on all else. */
final class GeminiAnswer {

    private static final int SHOWN = 300;
    private static final String MALFORMED = "MALFORMED_FUNCTION_CALL";

    private final ArrayNode parts = Json.array();
    private boolean anyCandidate;
    private @Nullable String model;
    private @Nullable String finishReason;
    private JsonNode usage = Json.tree(null);
    private JsonNode grounding = Json.tree(null);

    private GeminiAnswer() {}

    /**
     * Reads a stream to its end.
     *
     * @throws IOException if it says that something failed, or that there is no answer
     */
    static GeminiAnswer read(EventStream stream) throws IOException {
        var answer = new GeminiAnswer();
        for (var event = stream.next(); event != null; event = stream.next()) {
            answer.add(chunk(event.data()));
        }
        if (!answer.anyCandidate) {
            throw new IOException("the model gave no candidate for an answer");
        }
        return answer;
    }

    private static JsonNode chunk(String data) throws IOException {
        try {
            var chunk = Json.MAPPER.readTree(data);
            if (chunk.isObject()) {
                return chunk;
            }
        } catch (JacksonException e) {
            // falls through: it is told as it is
        }
        throw new IOException("the model's stream holds what is no chunk of an answer: "
                + (data.length() <= SHOWN ? data : data.substring(0, SHOWN) + " …"));
    }

    private void add(JsonNode chunk) throws IOException {
        if (chunk.path("error").isObject()) {
            throw new IOException(Wire.GEMINI.text(chunk.path("error").path("code").asInt(500), chunk));
        }
        model = text(chunk.path("modelVersion"), model);
        usage = chunk.hasNonNull("usageMetadata") ? chunk.get("usageMetadata") : usage;
        var candidate = chunk.path("candidates").path(0);
        if (!candidate.isObject()) {
            return;
        }
        anyCandidate = true;
        candidate.path("content").path("parts").forEach(parts::add);
        finishReason = text(candidate.path("finishReason"), finishReason);
        grounding = candidate.hasNonNull("groundingMetadata") ? candidate.get("groundingMetadata") : grounding;
    }

    private static @Nullable String text(JsonNode given, @Nullable String otherwise) {
        return given.isString() && !given.stringValue().isEmpty() ? given.stringValue() : otherwise;
    }

    ArrayNode parts() {
        return parts;
    }

    /** @param desktopActions the functions by which the model acts on a desktop */
    AgentStep step(String requestedModel, Set<String> desktopActions) {
        var calls = parts.valueStream()
                .filter(part -> part.path("functionCall").isObject())
                .map(part -> call(part.path("functionCall"), desktopActions))
                .toList();
        var thoughts = texts(true).toList();
        var step = AgentStep.says(texts(false).collect(Collectors.joining()), calls, model == null ? requestedModel : model)
                .withReasoning(thoughts.isEmpty() ? null : String.join("", thoughts))
                .withCitations(Grounding.citations(grounding))
                .withFinish(finishReason, null)
                .withUsage(usage());
        return MALFORMED.equals(finishReason)
                ? step.failed("the provider says that the model's function call was malformed", "malformed_tool_call")
                : step;
    }

    private Stream<String> texts(boolean thoughts) {
        return parts.valueStream()
                .filter(part -> !part.path("functionCall").isObject())
                .filter(part -> part.path("thought").asBoolean(false) == thoughts)
                .map(part -> part.path("text").asString(""))
                .filter(text -> !text.isEmpty());
    }

    /** The provider's own ids are not always there, nor always different. */
    private static ToolCall call(JsonNode function, Set<String> desktopActions) {
        var name = function.path("name").asString("");
        var arguments = Json.object();
        var id = UUID.randomUUID().toString();
        if (desktopActions.contains(name)) {
            arguments.put("action", name);
            return new ToolCall(Desktop.NAME, with(arguments, function), id, name);
        }
        return new ToolCall(name, with(arguments, function), id);
    }

    private static ObjectNode with(ObjectNode arguments, JsonNode function) {
        return function.path("args") instanceof ObjectNode given ? arguments.setAll(given) : arguments;
    }

    private AgentStep.@Nullable Usage usage() {
        return usage.isObject()
                ? AgentStep.Usage.of(
                        count(usage.path("promptTokenCount")),
                        count(usage.path("candidatesTokenCount")),
                        count(usage.path("cachedContentTokenCount")))
                : null;
    }

    private static @Nullable Long count(JsonNode number) {
        return number.isNumber() ? number.asLong(0) : null;
    }
}
