// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.sdk.protocol.Json;
import dev.assay.trace.span.SpanMark;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A span of OpenTelemetry that is a model's turn or a tool's call by one of the conventions, in the shape that the client's steps have.
 *
 * @param source as of a step: agent or tool
 */
record OtelStep(String source, ObjectNode payload) {

    /** Whether it came by OTLP, whatever it is called. */
    static boolean is(SpanMark mark) {
        return "otel.span.v1".equals(mark.schema());
    }

    /** Empty: it is something else. */
    static Optional<OtelStep> of(JsonNode span) {
        var attributes = span.path("attributes");
        var step = switch (kind(attributes)) {
            case "chat", "text_completion", "generate_content", "completion" -> GenAi.turn(attributes, span.path("events"));
            case "execute_tool" -> GenAi.tool(attributes, span.path("name").asString(""));
            case "LLM" -> OpenInference.turn(attributes);
            case "TOOL" -> OpenInference.tool(attributes, span.path("name").asString(""));
            default -> null;
        };
        var error = error(span);
        if (step != null && error != null) {
            step.payload().put("error", error);
        }
        return Optional.ofNullable(step);
    }

    private static String kind(JsonNode attributes) {
        return OtelText.first(attributes, "gen_ai.operation.name", "openinference.span.kind", "llm.request.type")
                .map(OtelText::of)
                .orElse("");
    }

    /** What went wrong in it; null: nothing did. */
    static @Nullable String error(JsonNode span) {
        var status = span.path("status_code").asString("");
        var exception = span.path("events").valueStream()
                .filter(event -> event.path("name").asString("").equals("exception"))
                .map(event -> event.path("attributes"))
                .findFirst();
        if (status.equals("OK") || !status.equals("ERROR") && exception.isEmpty()) {
            return null;
        }
        var thrown = exception.map(about -> Stream.of("exception.type", "exception.message")
                .map(name -> OtelText.of(about.path(name)))
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(": ")));
        var type = OtelText.of(span.path("attributes").path("error.type"));
        return Stream.of(span.path("status_message").asString(""), thrown.orElse(""), type)
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("failed");
    }

    /** @param input what the model was asked, the whole conversation */
    static OtelStep turn(
            List<OtelMessage> input, List<OtelMessage> output, ObjectNode usage, @Nullable JsonNode model, @Nullable JsonNode finish) {
        var payload = Json.object().put("source", "agent");
        payload.put("content", OtelMessage.joined(output.stream().map(OtelMessage::contentText)));
        var reasoning = OtelMessage.joined(output.stream().map(OtelMessage::reasoning));
        if (!reasoning.isEmpty()) {
            payload.put("reasoning", reasoning);
        }
        var calls = payload.putArray("tool_calls");
        output.forEach(message -> message.calls().forEach(calls::add));
        var finished = finish == null ? output.stream().map(OtelMessage::finish) : Stream.of(OtelText.of(finish));
        finished.filter(reason -> !reason.isEmpty()).findFirst().ifPresent(reason -> payload.put("finish_reason", reason));
        if (model != null) {
            payload.set("model", model);
        }
        if (!usage.isEmpty()) {
            payload.set("usage", usage);
        }
        if (!input.isEmpty()) {
            var asked = payload.putArray("input_messages");
            input.forEach(message -> asked.add(message.asPrompt()));
        }
        return new OtelStep("agent", payload);
    }

    static OtelStep tool(String name, Optional<JsonNode> id, Optional<JsonNode> arguments, Optional<JsonNode> result) {
        var payload = Json.object().put("source", "tool");
        var call = payload.putObject("call").put("name", name);
        id.filter(JsonNode::isString).ifPresent(said -> call.set("id", said));
        arguments.ifPresent(said -> call.set("arguments", OtelText.parsed(said)));
        var content = payload.putObject("result").putArray("content");
        result.map(OtelText::of).ifPresent(text -> content.add(OtelMessage.text(text)));
        return new OtelStep("tool", payload);
    }

    /** @param as how the client calls it */
    static void count(ObjectNode usage, String as, JsonNode attributes, String... names) {
        OtelText.first(attributes, names).filter(JsonNode::isNumber).ifPresent(tokens -> usage.set(as, tokens));
    }
}
