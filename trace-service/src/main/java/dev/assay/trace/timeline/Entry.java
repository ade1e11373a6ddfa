// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.sdk.protocol.Json;
import dev.assay.trace.span.SpanMark;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One entry of a timeline with everything that people look at. What only machines read (raw responses, token samples) stays out. */
final class Entry {

    /** More than this of a payload that nobody has asked for by name is not shown, only its size. */
    private static final int LARGEST_OPAQUE = 1024 * 1024;

    /** More than this of a step is not shown in a list either. */
    private static final int LARGEST_STEP = 8 * 1024 * 1024;

    private static final String STEP = "step.";
    private static final String ROBOT_STEP = "hud.robot.step.v1";

    private Entry() {}

    static ObjectNode of(SpanMark mark, @Nullable JsonNode span) {
        if (isRemoved(span)) {
            return omitted(mark).put("removed", true);
        }
        if (OtelStep.is(mark)) {
            return span == null ? omitted(mark) : ofOtel(mark, span);
        }
        if (span == null && isStep(mark)) {
            return omitted(mark);
        }
        var payload = span == null ? Json.object().path("") : span.path("attributes").path("hud.payload");
        var entry = begun(mark, kind(mark, payload));
        if (StepText.error(payload) != null) {
            entry.put("error", StepText.error(payload));
        }
        if (!mark.name().startsWith(STEP) || !tellStep(entry, mark.spanId(), mark.name().substring(STEP.length()), payload)) {
            opaque(entry, mark, span);
        }
        return entry;
    }

    private static ObjectNode begun(SpanMark mark, String kind) {
        var entry = Json.object().put("id", mark.spanId()).put("seq", mark.seq()).put("kind", kind);
        if (mark.stepId() != null) {
            entry.put("step", mark.stepId());
        }
        return entry.put("started_at", mark.startedAt().toString()).put("ended_at", mark.endedAt().toString());
    }

    /** A turn or a call where a convention says so, else a span with its name: that is free, and says nothing. */
    private static ObjectNode ofOtel(SpanMark mark, JsonNode span) {
        var step = OtelStep.of(span);
        var entry = begun(mark, step.map(OtelStep::source).orElse("span")).put("name", mark.name());
        if (span.has("parent_span_id")) {
            entry.set("parent_id", span.path("parent_span_id"));
        }
        var error = OtelStep.error(span);
        if (error != null) {
            entry.put("error", error);
        }
        step.ifPresentOrElse(
                one -> {
                    tellStep(entry, mark.spanId(), one.source(), one.payload());
                    copy(entry, one.payload(), "input_messages");
                },
                () -> entry.set("payload", span));
        return entry;
    }

    /** What a step says by its source; false if nothing here knows such a source. */
    private static boolean tellStep(ObjectNode entry, String id, String source, JsonNode payload) {
        switch (source) {
            case "user" -> prompt(entry, payload);
            case "agent" -> agent(entry, payload);
            case "tool" -> tool(entry, payload);
            case "task" -> task(entry, payload);
            case "subagent" -> subagent(entry, id, payload.path("subagent"));
            case "system" -> {}
            default -> {
                return false;
            }
        }
        return true;
    }

    /** Whether the entry is told from its body, or from its mark alone because the body is too large. */
    static boolean needsBody(SpanMark mark) {
        return mark.size() <= (isTold(mark) || ROBOT_STEP.equals(mark.schema()) ? LARGEST_STEP : LARGEST_OPAQUE);
    }

    /** How much of its body is read to tell it. */
    static int heldBytes(SpanMark mark) {
        return needsBody(mark) ? mark.size() : 0;
    }

    /** Told from its mark alone. */
    private static ObjectNode omitted(SpanMark mark) {
        var entry = OtelStep.is(mark)
                ? begun(mark, mark.tool() == null ? "span" : "tool").put("name", mark.name())
                : begun(mark, kind(mark, Json.object().path("")));
        entry.put("omitted_bytes", mark.size()).put("is_error", mark.failed());
        return mark.tool() == null ? entry : entry.put("tool_name", mark.tool());
    }

    /** Its content was large, and is kept no more. */
    static boolean isRemoved(@Nullable JsonNode span) {
        return span != null && span.path("assay.removed").asBoolean(false);
    }

    static boolean isStep(SpanMark mark) {
        return mark.name().startsWith(STEP) && "hud.step.v1".equals(mark.schema());
    }

    /** Whether what it says is told, and not only that it was. */
    static boolean isTold(SpanMark mark) {
        return isStep(mark) || OtelStep.is(mark);
    }

    /** Whether it is a model call that the platform's own gateway tells of: no step of the agent's. */
    static boolean isCall(SpanMark mark) {
        return "assay.call.v1".equals(mark.schema());
    }

    private static String kind(SpanMark mark, JsonNode payload) {
        if (mark.name().equals("model.call")) {
            return isCall(mark) ? "call" : mark.name();
        }
        return mark.name().startsWith(STEP) ? kind(mark.name().substring(STEP.length()), payload) : mark.name();
    }

    private static String kind(String source, JsonNode payload) {
        return switch (source) {
            case "user" -> "prompt";
            case "task" -> payload.path("task_call").path("phase").asString("").equals("evaluate") ? "evaluate" : "setup";
            default -> source;
        };
    }

    private static void prompt(ObjectNode entry, JsonNode payload) {
        entry.put("text", StepText.ofMessages(payload.path("messages"))).set("messages", payload.path("messages"));
    }

    private static void agent(ObjectNode entry, JsonNode payload) {
        entry.put("text", payload.path("content").asString("")).set("tool_calls", StepText.calls(payload.path("tool_calls")));
        copy(entry, payload, "reasoning", "model", "finish_reason", "stop_reason", "refusal", "citations", "usage", "done");
        entry.put("has_sample", payload.path("sample").path("output_token_ids").size() > 0);
    }

    private static void tool(ObjectNode entry, JsonNode payload) {
        var call = payload.path("call");
        var result = payload.path("result");
        entry.put("tool_name", call.path("name").asString("")).set("arguments", StepText.arguments(call.path("arguments")));
        if (call.path("id").isString()) {
            entry.set("call_id", call.path("id"));
        }
        entry.put("result_text", StepText.ofBlocks(result.path("content"))).put("is_error", result.path("isError").asBoolean(false));
        var others = Json.array();
        result.path("content").valueStream().filter(block -> !block.path("type").asString("").equals("text")).forEach(others::add);
        if (!others.isEmpty()) {
            entry.set("content", others);
        }
        copy(entry, result, "structuredContent");
    }

    private static void task(ObjectNode entry, JsonNode payload) {
        var call = payload.path("task_call");
        copy(entry, call, "name", "arguments", "result");
        if (call.path("phase").asString("").equals("evaluate")) {
            copy(entry, call.path("arguments"), "answer");
            copy(entry, call.path("result"), "score", "subscores");
        }
    }

    /** A whole trace in one step: its steps are told as entries of their own. */
    private static void subagent(ObjectNode entry, String id, JsonNode trace) {
        var told = entry.putObject("subagent");
        copy(told, trace, "status", "stop_reason", "content", "trace_id", "extra");
        var entries = told.putArray("entries");
        for (var payload : trace.path("steps")) {
            entries.add(nested(id + "/" + entries.size(), payload));
        }
    }

    private static ObjectNode nested(String id, JsonNode payload) {
        var source = payload.path("source").asString("");
        var entry = Json.object().put("id", id).put("kind", kind(source, payload));
        if (payload.path("step_id").isIntegralNumber()) {
            entry.set("step", payload.path("step_id"));
        }
        copy(entry, payload, "started_at", "ended_at");
        if (StepText.error(payload) != null) {
            entry.put("error", StepText.error(payload));
        }
        if (!tellStep(entry, id, source, payload)) {
            entry.set("payload", payload);
        }
        return entry;
    }

    private static void opaque(ObjectNode entry, SpanMark mark, @Nullable JsonNode span) {
        if (span == null) {
            entry.put("omitted_bytes", mark.size());
            return;
        }
        var payload = span.path("attributes").path("hud.payload");
        entry.set("payload", payload.isMissingNode() ? span : payload);
    }

    private static void copy(ObjectNode entry, JsonNode from, String... members) {
        for (var member : members) {
            if (from.has(member)) {
                entry.set(member, from.path(member));
            }
        }
    }
}
