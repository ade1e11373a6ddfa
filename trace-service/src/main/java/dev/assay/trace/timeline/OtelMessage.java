// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.sdk.protocol.Json;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One message of a conversation, in any of the shapes that instrumentations write: parts (OpenTelemetry), content with tool_calls (as the
 * model APIs have it), contents (OpenInference).
 *
 * @param content blocks, as the client's messages have them
 * @param calls {@code {id, name, arguments}} each
 * @param finish why the model stopped; empty: nobody said
 */
record OtelMessage(String role, ArrayNode content, String reasoning, ArrayNode calls, String finish) {

    static List<OtelMessage> list(JsonNode messages, String role) {
        return (messages.isArray() ? messages.valueStream() : Stream.of(messages)).map(message -> of(message, role)).toList();
    }

    static OtelMessage said(String role, String text) {
        return new OtelMessage(role, Json.array().add(text(text)), "", Json.array(), "");
    }

    /** @param role of a message that does not say it */
    static OtelMessage of(JsonNode message, String role) {
        var content = Json.array();
        var reasoning = Json.array();
        var calls = Json.array();
        if (!message.isObject()) {
            content.add(text(OtelText.of(message)));
        }
        for (var part : message.path("parts")) {
            part(part, content, reasoning, calls);
        }
        var said = message.has("contents") ? message.path("contents") : message.path("content");
        if (said.isContainer()) {
            for (var block : OtelText.values(said)) {
                part(block.has("message_content") ? block.path("message_content") : block, content, reasoning, calls);
            }
        } else if (!OtelText.of(said).isEmpty()) {
            content.add(text(OtelText.of(said)));
        }
        OtelText.values(OtelText.parsed(message.path("tool_calls"))).forEach(call -> calls.add(call(call)));
        return new OtelMessage(
                message.path("role").asString(role),
                content,
                joined(reasoning.valueStream().map(OtelText::of)),
                calls,
                message.path("finish_reason").asString(""));
    }

    private static void part(JsonNode part, ArrayNode content, ArrayNode reasoning, ArrayNode calls) {
        switch (part.path("type").asString("")) {
            case "text" -> content.add(text(OtelText.of(part.has("content") ? part.path("content") : part.path("text"))));
            case "reasoning", "thinking" -> reasoning.add(OtelText.of(part.has("content") ? part.path("content") : part.path("thinking")));
            case "tool_call", "tool_use" -> calls.add(call(part));
            case "tool_call_response" -> content.add(text(OtelText.of(part.has("response") ? part.path("response") : part.path("result"))));
            default -> content.add(part.isObject() ? part : text(OtelText.of(part)));
        }
    }

    private static ObjectNode call(JsonNode said) {
        var call = said.has("tool_call") ? said.path("tool_call") : said;
        var function = call.has("function") ? call.path("function") : call;
        var arguments = function.has("arguments") ? function.path("arguments") : function.path("input");
        var told = Json.object().put("name", function.path("name").asString(""));
        told.set("arguments", OtelText.parsed(arguments));
        if (call.path("id").isString()) {
            told.set("id", call.path("id"));
        }
        return told;
    }

    static ObjectNode text(String text) {
        return Json.object().put("type", "text").put("text", text);
    }

    String contentText() {
        return StepText.ofBlocks(content);
    }

    /** As a message of a prompt. What was called on the way is said in words: a message of the client's has no calls. */
    ObjectNode asPrompt() {
        var blocks = content.deepCopy();
        calls.forEach(call -> blocks.add(text(call.path("name").asString("") + " " + OtelText.of(call.path("arguments")))));
        return Json.object().put("role", role).set("content", blocks);
    }

    static String joined(Stream<String> texts) {
        return texts.filter(text -> !text.isEmpty()).collect(Collectors.joining("\n\n"));
    }
}
