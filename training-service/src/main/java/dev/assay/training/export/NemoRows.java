// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import dev.assay.contracts.training.Chunk;
import dev.assay.training.datum.Sample;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code BaseVerifyResponse} of NeMo Gym 0.4: a rollout as one response of the Responses API, whose turns bear their ids. */
final class NemoRows {

    static final String NOT_TOGETHER = "its steps and its token ids do not go together: they are still arriving";

    private NemoRows() {}

    static ObjectNode of(Member member, List<JsonNode> said, List<Sample> samples) throws LeftOutException {
        Chat.check(said);
        TokenRows.check(samples);
        var row = JsonNodeFactory.instance.objectNode();
        var input = row.putObject("responses_create_params").putArray("input");
        var run = member.run().id().toString();
        var ended = member.run().endTime();
        var response = row.putObject("response")
                .put("id", run)
                .put("created_at", ended == null ? 0 : ended.getEpochSecond())
                .put("model", Objects.requireNonNullElse(member.run().model(), ""))
                .put("object", "response")
                .put("parallel_tool_calls", true)
                .put("tool_choice", "auto");
        response.putArray("tools");
        var output = response.putArray("output");
        var left = samples.iterator();
        for (var entry : said) {
            switch (entry.path("kind").asString("")) {
                case "prompt" -> entry.path("messages").forEach(message -> prompt(message, output.isEmpty() ? input : output));
                case "agent" -> turn(entry, run, output, left);
                default -> output.addObject().put("type", "function_call_output").put("call_id", entry.path("call_id").asString(""))
                        .put("output", Chat.text(Chat.resultBlocks(entry)));
            }
        }
        if (left.hasNext()) {
            throw new LeftOutException(NOT_TOGETHER);
        }
        row.put("reward", member.run().reward()).set("assay", member.origin());
        return row;
    }

    private static void prompt(JsonNode message, ArrayNode to) {
        to.addObject().put("type", "message").put("role", message.path("role").asString("user"))
                .put("content", Chat.text(List.of(Chat.message(message).path("content"))));
    }

    /** The last item of a turn bears the ids, as where NeMo Gym makes items of messages. */
    private static void turn(JsonNode entry, String run, ArrayNode output, Iterator<Sample> samples) throws LeftOutException {
        var calls = entry.path("tool_calls");
        var text = entry.path("text").asString("");
        if (!text.isEmpty() || calls.isEmpty()) {
            var message = output.addObject()
                    .put("type", "message").put("id", run + "-" + output.size()).put("role", "assistant").put("status", "completed");
            message.putArray("content").addObject().put("type", "output_text").put("text", text).putArray("annotations");
        }
        for (var call : calls) {
            output.addObject()
                    .put("type", "function_call")
                    .put("call_id", call.path("id").asString(""))
                    .put("name", call.path("name").asString(""))
                    .put("arguments", call.path("arguments").toString())
                    .put("status", "completed");
        }
        if (entry.path("has_sample").asBoolean(false)) {
            if (!samples.hasNext()) {
                throw new LeftOutException(NOT_TOGETHER);
            }
            ids((ObjectNode) output.get(output.size() - 1), samples.next());
        }
    }

    private static void ids(ObjectNode item, Sample sample) throws LeftOutException {
        item.putPOJO("prompt_token_ids", promptIds(sample))
                .putPOJO("generation_token_ids", sample.output())
                .putPOJO("generation_log_probs", sample.logprobs());
    }

    /** @throws LeftOutException if there are pictures among them */
    static int[] promptIds(Sample sample) throws LeftOutException {
        if (sample.prompt().stream().anyMatch(Chunk.Image.class::isInstance)) {
            throw new LeftOutException("it has pictures, for which these rows have no place");
        }
        return sample.prompt().stream().flatMapToInt(chunk -> Arrays.stream(((Chunk.Text) chunk).tokens())).toArray();
    }
}
