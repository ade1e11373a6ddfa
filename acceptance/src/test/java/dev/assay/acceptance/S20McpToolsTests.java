// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

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

    /** The specialist is asked by the client's own agent only: a sandbox's door leads to models, and to nobody who begins runs. */
    @Test
    void aHostedAgentCallsToolsAsTheClientsOwnDoesAndASpecialistsRunNamesItsParent() {
        hud.run("deploy", "--yes", "--no-env").exitsWith(0);
        var hosted = UUID.randomUUID();
        var submission = Runs.submission(hosted, UUID.randomUUID(), "toolbox", "tell_word", Map.of(), MODEL);
        api.post("/v2/rollouts/submit", submission).expect(200, 201);
        var job = hud.run("eval", "tasks.py", "openai_compatible", "--model", MODEL, "--all", "-y").exitsWith(0)
                .says("Mean reward: 1.000").find(platform.url() + "/jobs/([0-9a-f-]{36})");
        var local = run(job, "tell_word");

        assertThat(Runs.finished(api, hosted).path("reward").asDouble(-1)).as(Timelines.of(api, hosted).toString()).isEqualTo(1.0);
        assertThat(told(hosted)).isEqualTo(told(local)).hasSizeGreaterThan(6);
        assertThat(Timelines.of(api, hosted).toString()).contains("\"run " + hosted.toString().replace("-", "") + "\"");

        var specialists = api.get("/v2/jobs?limit=100").expect(200).body().get("items").valueStream()
                .flatMap(one -> runs(one.get("id").stringValue()).stream())
                .map(run -> api.get("/v2/trace/" + run.get("id").stringValue()).expect(200).body())
                .filter(run -> run.path("parent_trace_id").isString())
                .toList();
        assertThat(specialists).singleElement().satisfies(run -> {
            assertThat(run.get("parent_trace_id").stringValue()).isEqualTo(run(job, "orchestrate").toString());
            assertThat(run.get("reward").doubleValue()).isEqualTo(1.0);
        });
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
