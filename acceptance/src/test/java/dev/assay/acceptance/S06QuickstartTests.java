// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class S06QuickstartTests {

    private static final String MARK = "s06";

    private final Platform platform = Platform.withModels();
    private final String key = platform.keyOf(MARK);

    @Test
    void claudeSolvesTheFirstTaskAndTheTraceTellsItsModel() {
        var evaluated = Letters.user(MARK, key).run("eval", "tasks.py", "claude", "-y").exitsWith(0)
                .says("Running only 1 of 3 tasks (the first)", "Mean reward: 1.000");

        assertThat(evaluated.text()).doesNotContain("gateway");
        var job = evaluated.find(platform.url() + "/jobs/([0-9a-f-]{36})");
        var api = platform.api(key);
        var run = api.get("/v2/jobs/" + job + "/traces?limit=20").expect(200).body().get("items").get(0);
        assertThat(run.get("reward").doubleValue()).isEqualTo(1.0);
        var trace = run.get("id").stringValue();
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                api.get("/v2/trace/" + trace + "/timeline?limit=200").expect(200).text())
                .contains(MARK + "strawberry", "claude-sonnet-4-6", "\"kind\":\"call\""));
        // of 120 tokens in, 20 came out of the cache; 3, 0.30 and, for 30 out, 15 dollars a million
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                api.get("/v2/calls?run=" + trace).expect(200).body().get("items")).singleElement().satisfies(call -> {
                    assertThat(call.get("input_tokens").intValue()).isEqualTo(120);
                    assertThat(call.get("cost_usd").decimalValue()).isEqualByComparingTo("0.000756");
                }));
        // what an environment without tools makes the client say, and Anthropic would not take
        assertThat(StandIn.shared().asked(MARK + "strawberry")).singleElement().satisfies(asked -> {
            assertThat(asked.get("provider").stringValue()).isEqualTo("anthropic");
            assertThat(asked.get("body").get("stream").booleanValue()).isTrue();
            assertThat(asked.get("body").has("tools")).isFalse();
            assertThat(asked.get("body").has("tool_choice")).isFalse();
        });
        Console.shows(platform, key, "/trace/" + trace, MARK + "strawberry", "claude-sonnet-4-6", "100 → 30 tokens", "$0.000756", "1.000");
    }
}
