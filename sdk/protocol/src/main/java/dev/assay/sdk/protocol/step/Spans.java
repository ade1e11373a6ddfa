// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.step;

import dev.assay.sdk.protocol.Json;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Turns the steps of one run into spans, numbering them from 1. Not for use by several threads at once. */
public final class Spans {

    private static final DateTimeFormatter SECONDS = utc("uuuu-MM-dd'T'HH:mm:ss'Z'");
    private static final DateTimeFormatter MICROS = utc("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'");

    private final String taskRunId;
    private int lastStep;

    public Spans(String taskRunId) {
        this.taskRunId = taskRunId;
    }

    /** The span of the next step. */
    public ObjectNode next(Step step, @Nullable Instant startedAt, Instant endedAt) {
        var attributes = Json.object()
                .put("hud.schema", step.schema())
                .put("hud.task_run_id", taskRunId)
                .set("hud.payload", step.numbered() ? numbered(++lastStep, step, startedAt, endedAt) : payload(Json.object(), step));
        return Json.object()
                .put("name", "step." + step.source())
                .put("trace_id", TraceIds.of(taskRunId))
                .put("span_id", HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()))
                .putNull("parent_span_id")
                .put("kind", "INTERNAL")
                .put("start_time", time(startedAt == null ? endedAt : startedAt))
                .put("end_time", time(endedAt))
                .put("status_code", step.error() == null ? "OK" : "ERROR")
                .put("status_message", step.error())
                .<ObjectNode>set("attributes", attributes)
                .set("events", Json.array());
    }

    /** The skeleton that every step has, then what only this kind has. */
    private static ObjectNode numbered(int number, Step step, @Nullable Instant startedAt, Instant endedAt) {
        var times = Json.object();
        if (startedAt != null) {
            times.put("started_at", time(startedAt));
        }
        var payload = Json.object().put("step_id", number);
        return payload.setAll(payload(times.put("ended_at", time(endedAt)), step));
    }

    private static ObjectNode payload(ObjectNode times, Step step) {
        var own = (ObjectNode) Json.finite(Json.tree(step));
        var payload = Json.object().put("source", step.source());
        payload.set("messages", own.has("messages") ? own.remove("messages") : Json.array());
        if (own.has("taskCall")) {
            payload.set("task_call", own.remove("taskCall"));
        }
        if (own.has("error")) {
            payload.set("error", own.remove("error"));
        }
        payload.setAll(times);
        payload.set("extra", own.has("extra") ? own.remove("extra") : Json.object());
        return payload.setAll(own);
    }

    private static DateTimeFormatter utc(String pattern) {
        return DateTimeFormatter.ofPattern(pattern).withZone(ZoneOffset.UTC);
    }

    /** Microseconds and Z; no fraction at all on the full second. */
    public static String time(Instant instant) {
        var micros = instant.truncatedTo(ChronoUnit.MICROS);
        return (micros.getNano() == 0 ? SECONDS : MICROS).format(micros);
    }
}
