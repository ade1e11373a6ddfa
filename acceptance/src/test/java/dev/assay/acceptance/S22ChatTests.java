// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class S22ChatTests {

    private final Platform platform = Platform.withModels();
    private final String key = platform.keyOf("s22");

    @Test
    void aConversationKnowsWhatWasSaidBeforeAlsoWhenItIsRestored() {
        var hud = new Hud().source("chat").against(platform.url(), key);

        var report = hud.python("run.py", "claude-sonnet-4-6", "Ada").exitsWith(0).json();

        assertThat(report.get("said").valueStream().map(said -> said.stringValue()))
                .containsExactly("Good day, Ada.", "You are Ada.", "You are Ada.");
        var asked = StandIn.shared().asked("My name is Ada").get(1).get("body").get("messages");
        assertThat(asked).hasSize(3);
        assertThat(asked.get(1).toString()).contains("\"assistant\"", "Good day, Ada.");
        assertThat(traces(report.get("job"))).hasSize(2);
        assertThat(traces(report.get("other_job"))).hasSize(1);
    }

    private JsonNode traces(JsonNode job) {
        return platform.api(key).get("/v2/jobs/" + job.stringValue() + "/traces?limit=20").expect(200).body().get("items");
    }
}
