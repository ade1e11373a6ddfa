// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** S20 and S21: tools of the environment's own servers, one of which begins a run of its own. */
class S20McpToolsTests {

    private static final String MODEL = "scripted/toolbox";

    private final Platform platform = Platform.shared();
    private final String key = platform.keyOf("s20");
    private final Api api = platform.api(key);
    private final Hud hud = new Hud().source("toolbox").against(platform.url(), key);

    /** The specialist of a hosted run is begun inside its sandbox, with the key of that run. */
    @Test
    void aHostedAgentCallsToolsAsTheClientsOwnDoesAndASpecialistsRunNamesItsParent() {
        hud.run("deploy", "--yes", "--no-env").exitsWith(0);
        var hosted = submit("tell_word", Map.of());
        var orchestrating = submit("orchestrate", Map.of("word", "banana"));
        var job = hud.run("eval", "tasks.py", "openai_compatible", "--model", MODEL, "--all", "-y").exitsWith(0)
                .says("Mean reward: 1.000").find(platform.url() + "/jobs/([0-9a-f-]{36})");
        var local = run(job, "tell_word");

        assertThat(Runs.finished(api, hosted).path("reward").asDouble(-1)).as(Timelines.of(api, hosted).toString()).isEqualTo(1.0);
        assertThat(told(hosted)).isEqualTo(told(local)).hasSizeGreaterThan(6);
        assertThat(Timelines.of(api, hosted).toString()).contains("\"run " + hosted.toString().replace("-", "") + "\"");

        assertThat(Runs.finished(api, orchestrating).path("reward").asDouble(-1)).as(Timelines.of(api, orchestrating).toString()).isEqualTo(1.0);
        assertThat(specialist(orchestrating)).isEqualTo(specialist(run(job, "orchestrate"))).hasSize(4);
        Console.look(platform, key, "/trace/" + orchestrating, page -> {
            page.locator("main a[href*='" + begun(orchestrating) + "']").first().click();
            page.waitForURL("**/trace/" + begun(orchestrating) + "*");
            page.locator("main a[href*='" + orchestrating + "']").first().waitFor();
        });
    }

    private UUID begun(UUID parent) {
        return UUID.fromString(api.get("/v2/trace/" + parent).expect(200).body().at("/children/0/id").stringValue());
    }

    private UUID submit(String task, Map<String, String> arguments) {
        var run = UUID.randomUUID();
        api.post("/v2/rollouts/submit", Runs.submission(run, UUID.randomUUID(), "toolbox", task, arguments, MODEL)).expect(200, 201);
        return run;
    }

    /** What the one run that this one began tells: both name each other. */
    private List<String> specialist(UUID parent) {
        var begun = api.get("/v2/trace/" + parent).expect(200).body().get("children");
        assertThat(begun).hasSize(1);
        var id = UUID.fromString(begun.get(0).get("id").stringValue());
        var run = api.get("/v2/trace/" + id).expect(200).body();
        assertThat(run.get("parent_trace_id").stringValue()).isEqualTo(parent.toString());
        assertThat(run.get("status").stringValue()).isEqualTo("completed");
        assertThat(run.get("reward").doubleValue()).isEqualTo(1.0);
        assertThat(run.get("hosted").booleanValue()).isFalse();
        assertThat(runs(run.get("job_id").stringValue())).hasSize(1);
        await().atMost(Duration.ofMinutes(1)).until(() -> told(id).size() >= 4);
        return told(id);
    }

    private List<JsonNode> runs(String job) {
        return api.get("/v2/jobs/" + job + "/traces?limit=20").expect(200).body().get("items").valueStream().toList();
    }

    private UUID run(String job, String task) {
        return runs(job).stream().filter(run -> run.toString().contains(task)).findFirst()
                .map(run -> UUID.fromString(run.get("id").stringValue())).orElseThrow();
    }

    /** The word is another one in each run. */
    private List<String> told(UUID run) {
        return Timelines.told(api, run).stream().map(text -> text.replaceAll("\\b[0-9a-f]{8}\\b", "WORD")).toList();
    }
}
