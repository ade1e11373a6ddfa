// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.assay.kit.openapi.WireShapes;
import dev.assay.sdk.protocol.Json;
import dev.assay.trace.span.SpanMark;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/** One event of a run as the published client reads it. Kinds that it does not know it skips. */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record Event(
        String id,
        long seq,
        String kind,
        @Nullable String text,
        @Nullable String reasoning,
        @Schema(type = "array") @Nullable JsonNode toolCalls,
        @Nullable JsonNode usage,
        @Nullable String toolName,
        @Schema(type = WireShapes.ANY, description = "As the model gave them; mostly an object.") @Nullable JsonNode arguments,
        @Nullable String resultText,
        @Nullable String error,
        Instant startedAt,
        Instant endedAt) {

    /** @param span empty for one of which the mark says all */
    static Event of(SpanMark mark, JsonNode span) {
        if (Entry.isTold(mark) && !Entry.needsBody(mark)) {
            return omitted(mark, "too large to be listed");
        }
        if (Entry.isRemoved(span)) {
            return omitted(mark, "deleted by now");
        }
        if (!OtelStep.is(mark)) {
            return of(mark, mark.name(), span.path("attributes").path("hud.payload"));
        }
        return OtelStep.of(span)
                .map(step -> of(mark, "step." + step.source(), step.payload()))
                .orElseGet(() -> said(mark, "span", null, Json.object().put("error", OtelStep.error(span))));
    }

    private static Event of(SpanMark mark, String name, JsonNode payload) {
        return switch (name) {
            case "step.user" -> said(mark, "user_message", StepText.ofMessages(payload.path("messages")), payload);
            case "step.agent" -> agent(mark, payload);
            case "step.tool" -> tool(mark, payload);
            case "step.task" -> said(mark, "environment", task(payload), payload);
            case "step.system" -> said(mark, "environment", StepText.error(payload), payload);
            default -> said(mark, mark.name(), null, payload);
        };
    }

    /** A step whose body is not told. */
    private static Event omitted(SpanMark mark, String why) {
        var text = "(" + mark.size() + " bytes: " + why + ")";
        var tool = mark.name().equals("step.tool") || OtelStep.is(mark) && mark.tool() != null;
        var kind = tool ? "tool_call" : mark.name().equals("step.agent") ? "agent_message" : "environment";
        return new Event(
                mark.spanId(), mark.seq(), kind, tool ? null : text, null, null, null, tool ? mark.tool() : null, null, tool ? text : null,
                mark.failed() ? text : null, mark.startedAt(), mark.endedAt());
    }

    private static Event agent(SpanMark mark, JsonNode payload) {
        return new Event(
                mark.spanId(),
                mark.seq(),
                "agent_message",
                payload.path("content").asString(""),
                payload.path("reasoning").asStringOpt().orElse(null),
                StepText.calls(payload.path("tool_calls")),
                payload.path("usage").isObject() ? payload.path("usage") : null,
                null,
                null,
                null,
                StepText.error(payload),
                mark.startedAt(),
                mark.endedAt());
    }

    private static Event tool(SpanMark mark, JsonNode payload) {
        var text = StepText.ofBlocks(payload.path("result").path("content"));
        var failed = payload.path("result").path("isError").asBoolean(false);
        var error = StepText.error(payload);
        return new Event(
                mark.spanId(),
                mark.seq(),
                "tool_call",
                null,
                null,
                null,
                null,
                payload.path("call").path("name").asString(""),
                StepText.arguments(payload.path("call").path("arguments")),
                text,
                error == null && failed ? text : error,
                mark.startedAt(),
                mark.endedAt());
    }

    private static Event said(SpanMark mark, String kind, @Nullable String text, JsonNode payload) {
        return new Event(
                mark.spanId(), mark.seq(), kind, text, null, null, null, null, null, null, StepText.error(payload), mark.startedAt(), mark.endedAt());
    }

    private static String task(JsonNode payload) {
        var call = payload.path("task_call");
        var name = call.path("name").asString("task");
        if (!call.path("phase").asString("").equals("evaluate")) {
            return "Task " + name + " started";
        }
        var score = call.path("result").path("score");
        return score.isNumber() ? "Task " + name + " graded: " + Json.MAPPER.writeValueAsString(score) : "Task " + name + " not graded";
    }
}
