// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class S16WorkspaceAndShellTests {

    @Test
    void theAgentReadsTheFileInTheShellAndThePlatformShowsHow() {
        var platform = Platform.shared();
        var key = platform.keyOf("s16");
        var hud = new Hud().source("counter").against(platform.url(), key);

        var job = hud.run("eval", "tasks.py", "openai_compatible", "--model", "scripted/counter", "-y").exitsWith(0)
                .says("Mean reward: 1.000").find("/jobs/([0-9a-f-]{36})");

        var api = platform.api(key);
        var trace = api.get("/v2/jobs/" + job + "/traces?limit=20").expect(200).body().get("items").get(0).get("id").stringValue();
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
            assertThat(api.get("/v2/trace/" + trace + "/events").expect(200).text())
                    .contains("wc -w < instructions.txt", "\"tool_call\"", "9");
            assertThat(api.get("/v2/trace/" + trace + "/timeline?limit=200").expect(200).text())
                    .contains("filetracking", "instructions.txt");
        });
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                        api.get("/v2/runs/search?q=%22wc+w%22+instructions&tool=bash&model=scripted/counter&reward_min=1&job=" + job).expect(200).body().get("items"))
                .singleElement().satisfies(run -> assertThat(run.get("run_id").stringValue()).isEqualTo(trace)));
        assertThat(api.get("/v2/runs/search?q=instructions+-wc&job=" + job).expect(200).body().get("items")).isEmpty();
        assertThat(platform.api(platform.keyOf("s16 others")).get("/v2/runs/search?q=instructions").expect(200).body().get("items")).isEmpty();
    }
}
