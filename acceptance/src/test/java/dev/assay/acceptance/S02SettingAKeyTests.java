// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class S02SettingAKeyTests {

    private final Platform platform = Platform.shared();

    @Test
    void aSavedKeyIsUsedAndNotEchoed() {
        var key = platform.keyOf("s02");
        var hud = new Hud().against(platform.url(), key).unset("HUD_API_KEY");

        var saved = hud.run("set", "HUD_API_KEY=" + key).exitsWith(0).says("Saved credentials to user config");
        assertThat(saved.text()).doesNotContain(key);

        hud.run("models", "list").exitsWith(0).says("scripted/letters");
    }

    @Test
    void aWrongKeyIsRefusedWithTheReason() {
        var hud = new Hud().against(platform.url(), "wrong");
        var detail = new Api(platform.url(), "wrong").get("/v2/models?limit=100&offset=0").expect(401).detail();

        hud.run("models", "list").exitsWith(1)
                .says("Error: ", detail, "Hint: Check that this API key can access the resource.");
    }

    @Test
    void withoutAKeyNothingIsSent() {
        try (var stub = StubServer.answering(500, "{}")) {
            var hud = new Hud().against(stub.url(), "").unset("HUD_API_KEY");

            hud.run("models", "list").exitsWith(1)
                    .says("Error: HUD_API_KEY is required", "Hint: Run 'hud set HUD_API_KEY=your-key-here'.");
            assertThat(stub.requests).isEmpty();
        }
    }
}
