// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.openai;

import dev.assay.sdk.agents.loop.DegenerateTurnException;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.AgentStep;
import dev.assay.sdk.protocol.step.ToolCall;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A response of the Responses API. Items of kinds that nobody here asked for are the server's own affair. */
final class OpenAiAnswer {

    private static final int SHOWN = 300;

    private final JsonNode response;

    /**
     * Reads a response.
     *
     * @throws DegenerateTurnException if it calls for no command at all: the provider cannot go on from such a turn
     * @throws IOException if it is no answer, with what it is
     */
    OpenAiAnswer(JsonNode response) throws IOException {
        this.response = response;
        var error = response.path("error");
        if (!error.isMissingNode() && !error.isNull()) {
            throw new IOException("the provider answered with an error: " + error.path("message").asString(shown(error)));
        }
        if (!response.path("output").isArray()) {
            throw new IOException("the model's answer has no output: " + shown(response));
        }
        var empty = items("shell_call")
                .filter(call -> call.path("action").path("commands").isArray() && call.path("action").path("commands").isEmpty())
                .map(call -> call.path("call_id").asString(""))
                .toList();
        if (!empty.isEmpty()) {
            throw new DegenerateTurnException("the model called for no command at all (" + String.join(", ", empty)
                    + "), and its provider cannot go on from such an answer");
        }
        for (var item : response.path("output")) {
            if (isCall(item) && item.path("call_id").asString("").isEmpty()) {
                throw new IOException("the model's answer has a call without call_id: " + shown(item));
            }
        }
    }

    /** By which the server finds the conversation again; null if it does not keep it. */
    @Nullable String id() {
        return response.path("id").asStringOpt().orElse(null);
    }

    AgentStep step(String requestedModel) {
        return AgentStep.says(text(), calls(), response.path("model").asString(requestedModel))
                .withReasoning(reasoning())
                .withCitations(citations())
                .withFinish(response.path("incomplete_details").path("reason").asStringOpt().orElse(null), null)
                .withUsage(usage());
    }

    private Stream<JsonNode> items(String type) {
        return response.path("output").valueStream().filter(item -> item.path("type").asString("").equals(type));
    }

    private Stream<JsonNode> texts() {
        return items("message")
                .flatMap(message -> message.path("content").valueStream())
                .filter(part -> part.path("type").asString("").equals("output_text"));
    }

    private String text() {
        return texts().map(part -> part.path("text").asString("")).collect(Collectors.joining());
    }

    /** Null if it did not reason; a line for each time it did. */
    private @Nullable String reasoning() {
        var reasoned = items("reasoning")
                .map(item -> item.path("summary").valueStream().map(part -> part.path("text").asString("")).collect(Collectors.joining()))
                .toList();
        return reasoned.isEmpty() ? null : String.join("\n", reasoned);
    }

    private List<JsonNode> citations() {
        var citations = new ArrayList<JsonNode>();
        texts().flatMap(part -> part.path("annotations").valueStream()).forEach(given -> {
            switch (given.path("type").asString("")) {
                case "url_citation" -> citations.add(citation(given, "title", "url"));
                case "file_citation" -> citations.add(citation(given, "filename", "file_id"));
                default -> { }
            }
        });
        return citations;
    }

    private static JsonNode citation(JsonNode given, String title, String source) {
        var citation = Json.object().put("type", given.path("type").asString(""));
        copy(given, title, citation, "text");
        copy(given, source, citation, "source");
        copy(given, title, citation, "title");
        if (title.equals("title")) {
            copy(given, "start_index", citation, "start_index");
            copy(given, "end_index", citation, "end_index");
        }
        return citation;
    }

    private static void copy(JsonNode from, String member, ObjectNode to, String name) {
        if (from.hasNonNull(member)) {
            to.set(name, from.get(member));
        }
    }

    private List<ToolCall> calls() {
        return response.path("output").valueStream().filter(OpenAiAnswer::isCall).map(OpenAiAnswer::call).toList();
    }

    private static boolean isCall(JsonNode item) {
        return switch (item.path("type").asString("")) {
            case "function_call", "shell_call", "computer_call" -> true;
            default -> false;
        };
    }

    private static ToolCall call(JsonNode item) {
        var id = item.path("call_id").asString("");
        return switch (item.path("type").asString("")) {
            case "function_call" -> new ToolCall(item.path("name").asString(""), arguments(item.path("arguments")), id);
            case "shell_call" -> new ToolCall(ShellCalls.NAME, objectOr(item.path("action"), Json.object()), id);
            default -> {
                var call = new ToolCall(ComputerCalls.NAME, actions(item), id);
                var checks = item.path("pending_safety_checks");
                yield checks.isEmpty() ? call : call.withExtra(ComputerCalls.CHECKS, checks(checks));
            }
        };
    }

    private static JsonNode actions(JsonNode call) {
        if (!call.path("actions").isEmpty()) {
            return Json.object().set("actions", call.path("actions"));
        }
        return objectOr(call.path("action"), Json.object().set("actions", Json.array()));
    }

    /** All that a check may say stands in it, also where it does not say it. */
    private static JsonNode checks(JsonNode given) {
        var checks = Json.array();
        for (var check : given) {
            var told = Json.object();
            for (var name : List.of("id", "code", "message")) {
                told.set(name, check.has(name) ? check.get(name) : Json.tree(null));
            }
            check.propertyStream().forEach(member -> told.set(member.getKey(), member.getValue()));
            checks.add(told);
        }
        return checks;
    }

    /** An object, or the text itself where it is no JSON. Other JSON counts as no arguments. */
    private static JsonNode arguments(JsonNode given) {
        var text = given.asString("");
        try {
            var parsed = text.isEmpty() ? Json.object() : Json.MAPPER.readTree(text);
            return parsed.isMissingNode() ? given : objectOr(parsed, Json.object());
        } catch (JacksonException e) {
            return given;
        }
    }

    private static JsonNode objectOr(JsonNode value, JsonNode other) {
        return value.isObject() ? value : other;
    }

    private AgentStep.@Nullable Usage usage() {
        var usage = response.path("usage");
        return usage.isObject()
                ? AgentStep.Usage.of(
                        count(usage.path("input_tokens")),
                        count(usage.path("output_tokens")),
                        count(usage.path("input_tokens_details").path("cached_tokens")))
                : null;
    }

    private static @Nullable Long count(JsonNode number) {
        return number.isNumber() ? number.asLong(0) : null;
    }

    private static String shown(JsonNode odd) {
        var text = odd.isMissingNode() ? "nothing" : odd.toString();
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + " …";
    }
}
