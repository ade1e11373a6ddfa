// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

@EveryDeployment
class S37RemoteTests {

    private final Platform platform = Platform.withModels();
    private final String key = platform.keyOf("s37");
    private final Api api = platform.api(key);

    @Test
    void rowsOfALocalFileRunRemotelyEachAsItSays() {
        new Hud().source("chat").against(platform.url(), key).run("deploy", "--yes", "--no-env").exitsWith(0);
        var hud = new Hud().source("remote").against(platform.url(), key);

        var evaluated = hud.run("eval", "tasks.py", "claude", "--remote", "--all", "-y")
                .exitsWith(0).says("Runs: 4", "Mean reward: 1.000", "Errors: 1", "no-such-environment");

        var job = evaluated.find(platform.url() + "/jobs/([0-9a-f-]{36})");
        var runs = new HashMap<String, JsonNode>();
        for (var run : api.get("/v2/jobs/" + job + "/traces?limit=20").expect(200).body().get("items")) {
            var whole = api.get("/v2/trace/" + run.get("id").stringValue()).expect(200).body();
            runs.put(whole.get("task_slug").stringValue(), whole);
        }
        assertThat(runs).containsOnlyKeys("short", "strange", "small").allSatisfy((slug, run) -> {
            assertThat(run.get("status").stringValue()).as(run.toString()).isEqualTo("completed");
            assertThat(run.get("reward").doubleValue()).isEqualTo(1.0);
            assertThat(run.get("hosted").booleanValue()).isTrue();
        });
        var turns = UUID.fromString(runs.get("short").get("id").stringValue());
        assertThat(runs.get("short").get("stop_reason").stringValue()).isEqualTo("max_steps");
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(Timelines.of(api, turns))
                .filteredOn(entry -> entry.path("kind").asString("").equals("agent")).hasSize(2));
        assertThat(runs.get("small").get("runtime_config").get("resources").toString()).isEqualTo("{\"cpu\":1.0,\"memory_mb\":512}");
        assertThat(runs.get("strange").get("runtime_config").isNull()).isTrue();
    }
}
