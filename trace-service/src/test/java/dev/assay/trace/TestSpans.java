// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace;

import dev.assay.sdk.protocol.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Spans as clients send them, with as little in them as a test needs. */
public final class TestSpans {

    private static final Instant START = Instant.parse("2026-11-22T11:28:24Z");

    private TestSpans() {}

    /** A user step that says its id. */
    public static ObjectNode user(String run, String id, @Nullable Integer step, int secondsIn) {
        var content = Json.object().put("type", "text").put("text", id);
        var payload = Json.object().put("source", "user");
        payload.putArray("messages").addObject().put("role", "user").set("content", content);
        return span(run, id, "step.user", "hud.step.v1", step, secondsIn, payload);
    }

    public static ObjectNode span(
            String run, String id, String name, @Nullable String schema, @Nullable Integer step, int secondsIn, ObjectNode payload) {
        if (step != null) {
            payload.put("step_id", step);
        }
        JsonNode attributes = Json.object().put("hud.schema", schema).put("hud.task_run_id", run).set("hud.payload", payload);
        return Json.object()
                .put("name", name)
                .put("span_id", id)
                .put("start_time", START.plusSeconds(secondsIn).toString())
                .put("end_time", START.plusSeconds(secondsIn).toString())
                .set("attributes", attributes);
    }
}
