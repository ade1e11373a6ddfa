// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class S11NoKeyAtAllTests {

    @Test
    void aModelOfOnesOwnNeedsNoKeyAndNoPlatform() {
        try (var platform = StubServer.answering(500, "{}"); var model = StubServer.modelThatSays("3")) {
            var hud = new Hud().source("letters").against(platform.url(), "").unset("HUD_API_KEY");

            hud.run("eval", "tasks.py", "openai_compatible", "--model", "m", "--config", "base_url=" + model.url() + "/v1",
                    "--config", "api_key=x", "-y").exitsWith(0).says("Mean reward: 1.000");

            assertThat(model.requests).isNotEmpty();
            assertThat(platform.requests).isEmpty();
        }
    }

    @Test
    void aProvidersModelNeedsTheProvidersKeyOrOurs() {
        try (var platform = StubServer.answering(500, "{}")) {
            var hud = new Hud().source("letters").against(platform.url(), "").unset("HUD_API_KEY");

            hud.run("eval", "tasks.py", "claude", "-y").exitsWith(1)
                    .says("No API key for anthropic. Set its provider key or HUD_API_KEY.");
            hud.run("eval", "tasks.py", "claude-sonnet-4-6", "-y").exitsWith(1).says("HUD_API_KEY is required");
            assertThat(platform.requests).isEmpty();
        }
    }
}
