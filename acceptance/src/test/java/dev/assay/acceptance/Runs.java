// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Hosted runs as a script submits and awaits them. */
final class Runs {

    private static final Set<String> ENDED = Set.of("completed", "error", "cancelled");

    private Runs() {}

    static Map<String, Object> submission(UUID run, UUID job, String environment, String task, Map<String, ?> arguments, String model) {
        var body = new HashMap<String, Object>();
        body.put("trace_id", run.toString());
        body.put("job_id", job.toString());
        body.put("env", environment);
        body.put("task", task);
        body.put("slug", task);
        body.put("args", arguments);
        body.put("agent", Map.of("type", "openai_compatible", "config", Map.of("model", model, "max_steps", 10)));
        return body;
    }

    static String status(Api api, UUID run) {
        return api.get("/v2/trace/" + run).expect(200).body().get("status").stringValue();
    }

    static JsonNode finished(Api api, UUID run) {
        await().atMost(Duration.ofMinutes(5)).pollInterval(Duration.ofMillis(200)).until(() -> ENDED.contains(status(api, run)));
        return api.get("/v2/trace/" + run).expect(200).body();
    }
}
