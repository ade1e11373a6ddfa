// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.sampling;

import dev.assay.trainer.engine.Conversation.ToolCall;
import dev.assay.trainer.engine.Sampler;
import dev.assay.trainer.engine.Sampler.Reply;
import dev.assay.trainer.engine.Sampler.Sampled;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was sampled, in the form of Chat Completions: whole, or as the events of a stream.
 *
 * @param model as clients call it: the gateway asks for it by its id
 */
record ChatAnswer(String id, long created, String model, ChatRequest request, Sampler sampler, int[] prompt, Sampled sampled, Reply reply) {

    private static final JsonMapper JSON = JsonMapper.shared();

    byte[] whole() {
        var answer = head("chat.completion");
        var choice = answer.putArray("choices").addObject().put("index", 0);
        var message = choice.putObject("message").put("role", "assistant");
        putContent(message);
        if (!reply.calls().isEmpty()) {
            putCalls(message, false);
        }
        choice.put("finish_reason", finish());
        putLogprobs(choice);
        if (request.ids()) {
            ids(choice.putArray("prompt_token_ids"), prompt);
            ids(choice.putArray("token_ids"), sampled.tokens());
        }
        putUsage(answer);
        return JSON.writeValueAsBytes(answer);
    }

    /** Who answers, and the prompt's ids; then what is answered, with its ids; then why it ended. */
    byte[] stream() {
        var events = new StringBuilder();
        event(events, choice -> {
            choice.putObject("delta").put("role", "assistant").put("content", "");
            if (request.ids()) {
                ids(choice.putArray("prompt_token_ids"), prompt);
            }
        });
        event(events, choice -> {
            var delta = choice.putObject("delta");
            putContent(delta);
            if (!reply.calls().isEmpty()) {
                putCalls(delta, true);
            }
            putLogprobs(choice);
            if (request.ids()) {
                ids(choice.putArray("token_ids"), sampled.tokens());
            }
        });
        event(events, choice -> choice.put("finish_reason", finish()).putObject("delta"));
        if (request.usage()) {
            var last = head("chat.completion.chunk");
            last.putArray("choices");
            putUsage(last);
            events.append("data: ").append(JSON.writeValueAsString(last)).append("\n\n");
        }
        return events.append("data: [DONE]\n\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private void event(StringBuilder events, Consumer<ObjectNode> fill) {
        var chunk = head("chat.completion.chunk");
        fill.accept(chunk.putArray("choices").addObject().put("index", 0).putNull("finish_reason"));
        events.append("data: ").append(JSON.writeValueAsString(chunk)).append("\n\n");
    }

    private ObjectNode head(String object) {
        return JSON.createObjectNode().put("id", id).put("object", object).put("created", created).put("model", model);
    }

    private void putContent(ObjectNode message) {
        if (reply.text().isEmpty() && !reply.calls().isEmpty()) {
            message.putNull("content");
        } else {
            message.put("content", reply.text());
        }
    }

    private void putCalls(ObjectNode message, boolean numbered) {
        var calls = message.putArray("tool_calls");
        for (var call : reply.calls()) {
            var one = calls.addObject();
            if (numbered) {
                one.put("index", calls.size() - 1);
            }
            one.put("id", callId(calls.size() - 1)).put("type", "function");
            put(one.putObject("function"), call);
        }
    }

    /** Other answers of the conversation have other calls. */
    private String callId(int number) {
        return "call_" + id.substring(id.indexOf('-') + 1).replace("-", "") + "_" + number;
    }

    private static void put(ObjectNode function, ToolCall call) {
        function.put("name", call.name()).put("arguments", call.arguments());
    }

    private String finish() {
        if (!sampled.ended()) {
            return "length";
        }
        return reply.calls().isEmpty() ? "stop" : "tool_calls";
    }

    private void putLogprobs(ObjectNode choice) {
        if (!request.logprobs()) {
            choice.putNull("logprobs");
            return;
        }
        var content = choice.putObject("logprobs").putArray("content");
        for (int place = 0; place < sampled.tokens().length; place++) {
            var one = token(content, sampled.tokens()[place], sampled.logprobs()[place]);
            var alternatives = one.putArray("top_logprobs");
            for (var other : sampled.alternatives().isEmpty() ? List.<Sampler.Alternative>of() : sampled.alternatives().get(place)) {
                token(alternatives, other.token(), other.logprob());
            }
        }
    }

    private ObjectNode token(ArrayNode to, int token, double logprob) {
        return to.addObject().put("token", sampler.text(token)).put("logprob", logprob).putNull("bytes");
    }

    private static void ids(ArrayNode to, int[] ids) {
        for (int id : ids) {
            to.add(id);
        }
    }

    private void putUsage(ObjectNode answer) {
        answer.putObject("usage")
                .put("prompt_tokens", prompt.length)
                .put("completion_tokens", sampled.tokens().length)
                .put("total_tokens", prompt.length + sampled.tokens().length);
    }
}
