// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

@EveryDeployment
class S40JudgeInASandboxTests {

    private final Platform platform = Platform.withModels();
    private final String key = platform.keyOf("s40");

    /** The environment asks the judge with the key of its run; the variable it was deployed with is there, the providers' keys are not. */
    @Test
    void aHostedEnvironmentAsksTheJudgeAndKnowsItsOwnSecretOnly() {
        var hud = new Hud().source("ops").against(platform.url(), key);
        var deployed = hud.run("deploy", "--yes", "--env", "OPS_SECRET=moonlight").exitsWith(0);
        hud.run("sync", "tasks", "ops", "--yes").exitsWith(0);

        var evaluated = hud.run("eval", "ops", "openai_compatible", "--model", "x-ai/grok-4-1-fast", "--runtime", "hosted", "--all", "-y")
                .exitsWith(0).says("Mean reward: 1.000");

        var judged = StandIn.shared().asked("The tide comes in.").stream().filter(one -> StandIn.model(one).equals("claude-sonnet-5-5"));
        assertThat(judged).hasSize(1);
        var job = evaluated.find(platform.url() + "/jobs/([0-9a-f-]{36})");
        var api = platform.api(key);
        var run = api.get("/v2/jobs/" + job + "/traces?limit=20").expect(200).body().get("items").get(0).get("id").stringValue();
        assertThat(deployed.text() + evaluated.text() + api.get("/v2/trace/" + run).expect(200).text()
                + api.get("/v2/trace/" + run + "/timeline?limit=200").expect(200).text() + platform.tail())
                .doesNotContain("moonlight", "key-of-anthropic", key);

        // whoever drives the agent: this one is here, and its environment there
        hud.run("eval", "ops", "openai_compatible", "--model", "x-ai/grok-4-1-fast", "--gateway", "--runtime", "hud", "--all", "-y")
                .exitsWith(0).says("Mean reward: 1.000");
        assertThat(StandIn.shared().asked("The tide comes in.").stream().filter(one -> StandIn.model(one).equals("claude-sonnet-5-5")))
                .as("the judge is asked once more, with the key of the session").hasSize(2);
    }
}
