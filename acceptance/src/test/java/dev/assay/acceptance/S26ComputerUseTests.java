// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;

@DisabledIfEnvironmentVariable(
        named = "ASSAY_TESTS_WITHOUT", matches = ".*(tigervnc|x11-|chromium).*",
        disabledReason = "no Xvnc, xev or Chromium here")
class S26ComputerUseTests {

    private final Platform platform = Platform.withModels();
    private final String key = platform.keyOf("s26");
    private final Api api = platform.api(key);
    private final Hud hud = new Hud().source("desk").against(platform.url(), key);

    @Test
    void aHostedAgentSeesAScreenAndWorksOnItAsTheClientsOwnDoes() {
        hud.run("deploy", "--yes", "--no-env").exitsWith(0);
        hud.run("sync", "tasks", "desk", "--yes").exitsWith(0);

        var hosted = run("desk");
        var local = run("tasks.py");

        for (var run : List.of(hosted, local)) {
            assertThat(api.get("/v2/trace/" + run).expect(200).body().get("reward").asDouble(-1))
                    .as(Timelines.of(api, run).toString()).isEqualTo(1.0);
        }
        assertThat(Timelines.told(api, hosted)).isEqualTo(Timelines.told(api, local))
                .filteredOn(entry -> entry.contains("image/webp")).hasSize(2);
    }

    /** No agent of the client's has tools for a browser. */
    @Test
    void anEnvironmentsBrowserIsGivenToAHostedAgentWhoseConfigWantsIt() {
        new Hud().source("pages").against(platform.url(), key).run("deploy", "--yes", "--no-env").exitsWith(0);
        var run = UUID.randomUUID();
        var submission = Runs.submission(run, UUID.randomUUID(), "pages", "push", Map.of(), "x-ai/grok-4-1-fast");
        submission.put("agent", Map.of(
                "type", "openai_compatible", "config", Map.of("model", "x-ai/grok-4-1-fast", "browser_tools", true)));

        api.post("/v2/rollouts/submit", submission).expect(200, 201);

        var ended = Runs.finished(api, run);
        assertThat(ended.path("reward").asDouble(-1)).as(Timelines.of(api, run).toString()).isEqualTo(1.0);
        assertThat(Timelines.told(api, run)).filteredOn(entry -> entry.contains("One button - http://127.0.0.1:"))
                .hasSize(2).allMatch(entry -> entry.contains("image/png"));
    }

    private UUID run(String what) {
        var job = hud.run("eval", what, "claude", "--model", "claude-haiku-4-5", "--all", "-y").exitsWith(0)
                .find(platform.url() + "/jobs/([0-9a-f-]{36})");
        var runs = api.get("/v2/jobs/" + job + "/traces?limit=20").expect(200).body().get("items");
        return UUID.fromString(runs.get(0).get("id").stringValue());
    }
}
