// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The oldest client that is served; it says its agent's name where newer ones say a model's. */
class S70Client0616Tests {

    private final Platform platform = Platform.withModels();
    private final Hud hud = Letters.user("s70", platform.keyOf("s70"))
            .with(Client.besideTheClient("client-0.6.16", "hud==0.6.16", "typer<0.29", "anthropic<2"));

    @Test
    void itEvaluatesDeploysPublishesAndReads() {
        var evaluated = hud.run("eval", "tasks.py", "claude", "-y").exitsWith(0).says("1.000");

        assertThat(StandIn.shared().asked("s70strawberry")).isNotEmpty().allSatisfy(asked -> {
            assertThat(StandIn.model(asked)).isEqualTo("claude-sonnet-4-6");
            assertThat(asked.get("headers").get("anthropic-version").stringValue()).isEqualTo("2023-06-01");
        });
        hud.run("deploy", "--no-env").exitsWith(0).says("Deploy complete!");
        hud.run("sync", "tasks", "old", "-y").exitsWith(0);
        hud.run("sync", "tasks", "old", "-y").exitsWith(0).says("All tasks up to date");
        hud.run("eval", "old", "openai_compatible", "--model", "x-ai/grok-4-1-fast", "--all", "-y").exitsWith(0)
                .says("1.000", "Success rate:");
        var job = evaluated.find(platform.url() + "/jobs/([0-9a-f-]{36})");
        hud.run("jobs").exitsWith(0).says(job.substring(0, 8));
        var traces = platform.api(hud.key()).get("/v2/jobs/" + job + "/traces?limit=20").expect(200).body().get("items");
        var trace = traces.get(0).get("id").stringValue();
        hud.run("jobs", job).exitsWith(0);
        hud.run("trace", trace).exitsWith(0);
        hud.run("cancel", "--all", "-y").exitsWith(0);
        hud.run("models", "fork", "toy/base", "--name", "f16").exitsWith(0).says("f16");
        hud.run("models", "checkpoints", "f16").exitsWith(0);
    }
}
