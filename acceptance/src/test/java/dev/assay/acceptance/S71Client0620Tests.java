// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The client before today's; its Gemini agent does not stream. */
class S71Client0620Tests {

    private final Platform platform = Platform.withModels();
    private final Hud hud = Letters.user("s71", platform.keyOf("s71"))
            .with(Client.besideTheClient("client-0.6.20", "hud==0.6.20", "typer<0.29", "anthropic<2"));

    @Test
    void itsClaudeAndItsGeminiAreServed() {
        hud.run("eval", "tasks.py", "claude", "-y").exitsWith(0).says("1.000");
        var evaluated = hud.run("eval", "tasks.py", "gemini", "-y").exitsWith(0).says("1.000");

        assertThat(StandIn.shared().asked("s71strawberry").stream().map(asked -> asked.get("path").stringValue()))
                .containsExactly("/v1/messages", "/v1beta/models/gemini-3.1-pro-preview:generateContent");
        hud.run("jobs", "get", evaluated.find(platform.url() + "/jobs/([0-9a-f-]{36})")).exitsWith(0).says("1.000");
        hud.run("jobs", "cancel", "--all", "-y").exitsWith(0);
    }

    @Test
    void itDeploysAndPublishes() {
        hud.run("deploy", "--no-env").exitsWith(0).says("Build succeeded");
        hud.run("sync", "tasks", "newer", "-y").exitsWith(0);
        hud.run("sync", "tasks", "newer", "-y").exitsWith(0).says("All tasks up to date");
        hud.run("eval", "newer", "openai_compatible", "--model", "x-ai/grok-4-1-fast", "--all", "-y").exitsWith(0).says("1.000");
    }
}
