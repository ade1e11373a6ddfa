// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.sdk.protocol.Json;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The steps of one agent, in their order, by OpenTelemetry's conventions for generative AI; what these have no name for is
 * {@code assay.…}. A turn's input is what was said since the turn before: all of it with each turn would be many times as much.
 */
final class GenAiSpans {

    private final StringBuilder asked = new StringBuilder();
    private long askedLength;

    /** What the conventions say of a step. */
    record Said(String name, int kind, OtlpAttributes attributes) {

        private static Said of(String operation, String name, int kind) {
            return new Said((operation + " " + name).strip(), kind, new OtlpAttributes().put("gen_ai.operation.name", operation));
        }
    }

    /** @param where a reader finds the step with all that is in it */
    Said said(String source, JsonNode payload, String where) {
        var said = switch (source) {
            case "user" -> user(payload.path("messages"), where);
            case "agent" -> turn(payload, where);
            case "tool" -> tool(payload, where);
            case "task" -> task(payload.path("task_call"), where);
            case "subagent" -> subagent(payload.path("subagent"), where);
            case "system" -> new Said(source, OtlpOut.INTERNAL, new OtlpAttributes());
            default -> new Said(source, OtlpOut.INTERNAL, new OtlpAttributes().json("assay.payload", payload, where));
        };
        said.attributes().put("assay.step.source", source).put("assay.step", payload.path("step_id"));
        return said;
    }

    /** A turn of which only that it was is known. */
    static Said turn() {
        return Said.of("chat", "", OtlpOut.CLIENT);
    }

    static Said tool(String name) {
        var said = Said.of("execute_tool", name, OtlpOut.INTERNAL);
        said.attributes().put("gen_ai.tool.name", name);
        return said;
    }

    private Said user(JsonNode messages, String where) {
        var told = Json.array();
        for (var message : messages) {
            told.add(message(message.path("role").asString("user"), message.path("content"), where));
        }
        told.forEach(this::ask);
        // by the conventions' own name readers would take it for a turn of a model's
        return new Said("prompt", OtlpOut.INTERNAL, new OtlpAttributes().json("assay.messages", told, where));
    }

    private Said turn(JsonNode payload, String where) {
        var said = Said.of("chat", payload.path("model").asString(""), OtlpOut.CLIENT);
        var attributes = said.attributes().put("gen_ai.request.model", payload.path("model"));
        if (askedLength > OtlpAttributes.LONGEST) {
            attributes.put("gen_ai.input.messages", "(" + askedLength + " characters: too long for a span, see the spans before)");
        } else if (!asked.isEmpty()) {
            attributes.put("gen_ai.input.messages", "[" + asked + "]");
        }
        asked.setLength(0);
        askedLength = 0;
        attributes.json("gen_ai.output.messages", Json.array().add(output(payload)), where);
        if (payload.path("finish_reason").isString()) {
            attributes.put("gen_ai.response.finish_reasons", Json.array().add(payload.path("finish_reason")));
        }
        var usage = payload.path("usage");
        count(attributes, "gen_ai.usage.input_tokens", usage.path("prompt_tokens"));
        count(attributes, "gen_ai.usage.output_tokens", usage.path("completion_tokens"));
        count(attributes, "gen_ai.usage.cache_read.input_tokens", usage.path("cached_tokens"));
        attributes.put("assay.cost_usd", usage.path("cost_usd")).put("assay.stop_reason", payload.path("stop_reason"));
        attributes.json("assay.refusal", payload.path("refusal"), where);
        if (!payload.path("citations").isEmpty()) {
            attributes.json("assay.citations", payload.path("citations"), where);
        }
        return said;
    }

    private static ObjectNode output(JsonNode payload) {
        var message = Json.object().put("role", "assistant");
        var parts = message.putArray("parts");
        Stream.of("reasoning", "content").filter(name -> !payload.path(name).asString("").isEmpty()).forEach(name -> parts.addObject()
                .put("type", name.equals("content") ? "text" : name)
                .put("content", payload.path(name).stringValue()));
        for (var call : payload.path("tool_calls")) {
            var part = parts.addObject().put("type", "tool_call").put("name", call.path("name").asString(""));
            copy(part, "id", call.path("id"));
            copy(part, "arguments", call.path("arguments"));
        }
        copy(message, "finish_reason", payload.path("finish_reason"));
        return message;
    }

    private Said tool(JsonNode payload, String where) {
        var call = payload.path("call");
        var result = payload.path("result");
        var said = tool(call.path("name").asString(""));
        var attributes = said.attributes().put("gen_ai.tool.call.id", call.path("id"));
        var arguments = call.path("arguments");
        if (arguments.isString()) {
            attributes.text("gen_ai.tool.call.arguments", arguments.stringValue(), where); // malformed, as the model wrote them
        } else {
            attributes.json("gen_ai.tool.call.arguments", arguments, where);
        }
        var text = StepText.ofBlocks(result.path("content"));
        if (!text.isEmpty()) {
            attributes.text("gen_ai.tool.call.result", text, where);
        }
        var parts = Json.array();
        result.path("content").valueStream().map(block -> Referred.part(block, where))
                .filter(part -> !part.path("type").asString("").equals("text"))
                .forEach(parts::add);
        if (!parts.isEmpty()) {
            attributes.json("assay.tool.content", parts, where);
        }
        attributes.json("assay.tool.structured_content", result.path("structuredContent"), where);
        var response = Json.object().put("type", "tool_call_response").put("response", text);
        copy(response, "id", call.path("id"));
        ask(Json.object().put("role", "tool").set("parts", Json.array().add(response).addAll(parts)));
        return said;
    }

    private static Said task(JsonNode call, String where) {
        var phase = call.path("phase").asString("task");
        var name = call.path("name").asString("");
        var attributes = new OtlpAttributes()
                .put("assay.task.name", name)
                .put("assay.task.phase", phase)
                .json("assay.task.arguments", call.path("arguments"), where)
                .json("assay.task.result", call.path("result"), where);
        if (call.at("/result/score").isNumber()) {
            attributes.put("assay.score", Json.doubleOf(call.at("/result/score")));
        }
        return new Said((phase + " " + name).strip(), OtlpOut.INTERNAL, attributes);
    }

    private static Said subagent(JsonNode trace, String where) {
        var said = Said.of("invoke_agent", "subagent", OtlpOut.INTERNAL);
        said.attributes()
                .put("gen_ai.agent.name", "subagent")
                .put("assay.status", trace.path("status"))
                .put("assay.stop_reason", trace.path("stop_reason"))
                .put("assay.subagent.trace_id", trace.path("trace_id"))
                .json("assay.subagent.extra", trace.path("extra").isEmpty() ? trace.path("") : trace.path("extra"), where);
        if (trace.path("content").isString()) {
            var message = Json.object().put("role", "assistant").set("parts", Json.array().add(Referred.text(trace.path("content").stringValue())));
            said.attributes().json("gen_ai.output.messages", Json.array().add(message), where);
        }
        return said;
    }

    private static ObjectNode message(String role, JsonNode content, String where) {
        var message = Json.object().put("role", role);
        var parts = message.putArray("parts");
        (content.isArray() ? content.valueStream() : Stream.of(content)).map(block -> Referred.part(block, where)).forEach(parts::add);
        return message;
    }

    private void ask(JsonNode message) {
        var text = OtlpAttributes.json(message);
        askedLength += text.length();
        if (askedLength <= OtlpAttributes.LONGEST) {
            asked.append(asked.isEmpty() ? "" : ",").append(text);
        }
    }

    private static void count(OtlpAttributes attributes, String key, JsonNode tokens) {
        attributes.put(key, tokens.isIntegralNumber() ? tokens : null);
    }

    private static void copy(ObjectNode to, String name, JsonNode value) {
        if (!value.isMissingNode() && !value.isNull()) {
            to.set(name, value);
        }
    }
}
