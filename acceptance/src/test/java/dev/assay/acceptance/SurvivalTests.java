// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What was acknowledged is still there after everything was killed. */
class SurvivalTests {

    @Test
    void keysRunsAndSpansOutliveASigkill() {
        try (var platform = Platform.start(Map.of("ASSAY_STANDALONE_WORKER", "false"))) {
            var key = platform.keyOf("survivors");
            var api = platform.api(key);
            var hud = new Hud().source("letters").against(platform.url(), key);
            var job = hud.run("eval", "tasks.py", "openai_compatible", "--model", "scripted/letters", "--all", "-y").exitsWith(0)
                    .find("/jobs/([0-9a-f-]{36})");

            platform.kill();
            platform.startAgain();

            var runs = api.get("/v2/jobs/" + job + "/traces?limit=20").expect(200).body().get("items");
            assertThat(runs).hasSize(3).allSatisfy(run -> assertThat(run.get("reward").doubleValue()).isEqualTo(1.0));
            var run = UUID.fromString(runs.get(0).get("id").stringValue());
            assertThat(hud.run("trace", run.toString()).exitsWith(0).text()).contains("Turn 1");
        }
    }
}
