// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.export;

import dev.assay.contracts.training.Chunk;
import dev.assay.training.datum.Sample;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code Trajectory} of Harbor's ATIF 1.7: what was said and done, with ids where there are any. A run without a grade is told as well. */
final class AtifRows {

    private static final Set<String> PICTURES = Set.of("image/jpeg", "image/png", "image/gif", "image/webp");
    private static final Set<String> ROLES = Set.of("system", "user");

    private AtifRows() {}

    static ObjectNode of(Member member, List<JsonNode> said, List<Sample> samples) throws LeftOutException {
        var run = member.run();
        Chat.check(said);
        var row = JsonNodeFactory.instance.objectNode()
                .put("schema_version", "ATIF-v1.7").put("session_id", run.id().toString()).put("trajectory_id", run.id().toString());
        var agent = row.putObject("agent").put("name", "unknown").put("version", "unknown"); // neither is on record
        if (run.model() != null) {
            agent.put("model_name", run.model());
        }
        var steps = row.putArray("steps");
        var left = samples.iterator();
        for (var entry : said) {
            switch (entry.path("kind").asString("")) {
                case "prompt" -> entry.path("messages").forEach(message -> prompt(entry, message, steps));
                case "agent" -> turn(entry, step(steps, entry, "agent"), left);
                default -> result(entry, steps);
            }
        }
        if (left.hasNext()) {
            throw new LeftOutException(NemoRows.NOT_TOGETHER);
        }
        row.putObject("final_metrics").put("total_steps", steps.size());
        row.set("extra", member.origin());
        return row;
    }

    private static ObjectNode step(ArrayNode steps, JsonNode entry, String source) {
        return steps.addObject().put("step_id", steps.size()).put("timestamp", entry.path("started_at").asString("")).put("source", source);
    }

    private static void prompt(JsonNode entry, JsonNode message, ArrayNode steps) {
        var role = message.path("role").asString("user");
        var content = message.path("content");
        step(steps, entry, ROLES.contains(role) ? role : "user")
                .set("message", content(content.isArray() ? content.valueStream().toList() : List.of(content)));
    }

    private static void turn(JsonNode entry, ObjectNode step, Iterator<Sample> samples) throws LeftOutException {
        step.put("message", entry.path("text").asString(""));
        if (entry.path("model").isString()) {
            step.set("model_name", entry.path("model"));
        }
        if (entry.path("reasoning").isString()) {
            step.set("reasoning_content", entry.path("reasoning"));
        }
        if (!entry.path("tool_calls").isEmpty()) {
            var calls = step.putArray("tool_calls");
            for (var call : entry.path("tool_calls")) {
                calls.addObject().put("tool_call_id", call.path("id").asString("")).put("function_name", call.path("name").asString(""))
                        .set("arguments", call.path("arguments"));
            }
        }
        var metrics = JsonNodeFactory.instance.objectNode();
        for (var name : List.of("prompt_tokens", "completion_tokens", "cached_tokens", "cost_usd")) {
            if (entry.path("usage").path(name).isNumber()) {
                metrics.set(name, entry.path("usage").path(name));
            }
        }
        if (entry.path("has_sample").asBoolean(false)) {
            if (!samples.hasNext()) {
                throw new LeftOutException(NemoRows.NOT_TOGETHER);
            }
            ids(metrics, samples.next());
        }
        if (!metrics.isEmpty()) {
            step.set("metrics", metrics);
        }
    }

    private static void ids(ObjectNode metrics, Sample sample) throws LeftOutException {
        if (sample.prompt().stream().noneMatch(Chunk.Image.class::isInstance)) {
            metrics.putPOJO("prompt_token_ids", NemoRows.promptIds(sample));
        }
        metrics.putPOJO("completion_token_ids", sample.output());
        if (sample.logprobs().length > 0) {
            metrics.putPOJO("logprobs", sample.logprobs());
        }
    }

    /** Beside the turn that called; a result that nobody has called for is a step of the system. */
    private static void result(JsonNode entry, ArrayNode steps) {
        var last = steps.isEmpty() ? null : (ObjectNode) steps.get(steps.size() - 1);
        if (last == null || !last.path("source").asString("").equals("agent")) {
            last = step(steps, entry, "system").put("message", "");
        }
        var results = last.path("observation").path("results") instanceof ArrayNode there
                ? there
                : last.putObject("observation").putArray("results");
        var result = results.addObject();
        var id = entry.path("call_id").asString("");
        if (last.path("tool_calls").valueStream().anyMatch(call -> call.path("tool_call_id").asString("").equals(id))) {
            result.put("source_call_id", id);
        }
        result.set("content", content(Chat.resultBlocks(entry)));
    }

    private static JsonNode content(List<JsonNode> blocks) {
        if (blocks.stream().noneMatch(AtifRows::isTold)) {
            return JsonNodeFactory.instance.stringNode(Chat.text(blocks));
        }
        var parts = JsonNodeFactory.instance.arrayNode();
        for (var block : blocks) {
            if (isTold(block)) {
                parts.addObject().put("type", "image").putObject("source")
                        .put("media_type", block.path("mimeType").asString("")).put("path", Chat.dataUrl(block));
            } else {
                parts.addObject().put("type", "text").put("text", Chat.text(List.of(block)));
            }
        }
        return parts;
    }

    private static boolean isTold(JsonNode block) {
        return Chat.isPicture(block) && PICTURES.contains(block.path("mimeType").asString(""));
    }
}
