// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference.scripted;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * An answer in OpenAI's shapes. It says that it is scripted. Its token counts are no tokens: a quarter of the characters, rounded up,
 * so that the same conversation always counts the same.
 */
final class Completion {

    private static final int PIECE = 16;

    private final String id = "chatcmpl-" + UUID.randomUUID().toString().replace("-", "");
    private final long created;
    private final String model;
    private final Turn.Answer answer;
    private final Map<String, Object> usage;

    Completion(String model, Conversation conversation, Turn.Answer answer, Instant now) {
        this.created = now.getEpochSecond();
        this.model = model;
        this.answer = answer;
        var prompt = quarter(conversation.messages().stream().mapToInt(message -> message.text().length()).sum());
        var said = quarter((answer.text() == null ? 0 : answer.text().length())
                + answer.calls().stream().mapToInt(call -> call.tool().length() + call.arguments().length()).sum());
        this.usage = Map.of("prompt_tokens", prompt, "completion_tokens", said, "total_tokens", prompt + said);
    }

    private static int quarter(int characters) {
        return Math.ceilDiv(characters, 4);
    }

    Map<String, Object> whole() {
        var message = new LinkedHashMap<String, Object>();
        message.put("role", "assistant");
        message.put("content", answer.text());
        message.put("refusal", null);
        if (!answer.calls().isEmpty()) {
            message.put("tool_calls", answer.calls().stream()
                    .map(call -> Map.of(
                            "id", call.id(), "type", "function", "function", Map.of("name", call.tool(), "arguments", call.arguments())))
                    .toList());
        }
        var choice = new LinkedHashMap<String, Object>();
        choice.put("index", 0);
        choice.put("message", message);
        choice.put("logprobs", null);
        choice.put("finish_reason", finishReason());
        var body = envelope("chat.completion");
        body.put("choices", List.of(choice));
        body.put("usage", usage);
        return body;
    }

    /** @param options the call's {@code stream_options}: only with {@code include_usage} a last chunk counts */
    List<Map<String, Object>> chunks(JsonNode options) {
        var chunks = new ArrayList<Map<String, Object>>();
        var first = new LinkedHashMap<String, Object>();
        first.put("role", "assistant");
        first.put("content", answer.text() == null ? null : "");
        chunks.add(chunk(first, null));
        for (var piece : pieces(answer.text() == null ? "" : answer.text())) {
            chunks.add(chunk(Map.of("content", piece), null));
        }
        for (var index = 0; index < answer.calls().size(); index++) {
            var call = answer.calls().get(index);
            chunks.add(chunk(calling(Map.of(
                    "index", index, "id", call.id(), "type", "function", "function", Map.of("name", call.tool(), "arguments", ""))), null));
            for (var piece : pieces(call.arguments())) {
                chunks.add(chunk(calling(Map.of("index", index, "function", Map.of("arguments", piece))), null));
            }
        }
        chunks.add(chunk(Map.of(), finishReason()));
        if (options.path("include_usage").asBoolean(false)) {
            var last = envelope("chat.completion.chunk");
            last.put("choices", List.of());
            last.put("usage", usage);
            chunks.add(last);
        }
        return chunks;
    }

    private static Map<String, Object> calling(Map<String, Object> call) {
        return Map.of("tool_calls", List.of(call));
    }

    private String finishReason() {
        return answer.calls().isEmpty() ? "stop" : "tool_calls";
    }

    private Map<String, Object> chunk(Map<String, Object> delta, @Nullable String finishReason) {
        var choice = new LinkedHashMap<String, Object>();
        choice.put("index", 0);
        choice.put("delta", delta);
        choice.put("logprobs", null);
        choice.put("finish_reason", finishReason);
        var body = envelope("chat.completion.chunk");
        body.put("choices", List.of(choice));
        return body;
    }

    private LinkedHashMap<String, Object> envelope(String object) {
        var body = new LinkedHashMap<String, Object>();
        body.put("id", id);
        body.put("object", object);
        body.put("created", created);
        body.put("model", model);
        body.put("system_fingerprint", "scripted");
        return body;
    }

    /** Cut between code points, never inside one. */
    private static List<String> pieces(String text) {
        var pieces = new ArrayList<String>();
        for (var start = 0; start < text.length(); ) {
            var end = Math.min(text.length(), start + PIECE);
            if (end < text.length() && Character.isLowSurrogate(text.charAt(end))) {
                end++;
            }
            pieces.add(text.substring(start, end));
            start = end;
        }
        return pieces;
    }
}
