// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class S18JudgeTests {

    private final Platform platform = Platform.withModels();
    private final String key = platform.keyOf("s18");

    /** Two criteria of three: 1 + 2 of 1 + 2 + 1. The judge speaks Chat Completions, and its model is Anthropic's. */
    @Test
    void aJudgeWeighsTheAnswerCriterionByCriterion() {
        var evaluated = evaluate("s18a", "[('mentions \\'tide\\'', 1.0), ('mentions \\'moon\\'', 2.0), ('mentions \\'sun\\'', 1.0)]")
                .exitsWith(0).says("Mean reward: 0.750");

        var asked = StandIn.shared().asked("s18a").stream().filter(one -> StandIn.model(one).equals("claude-sonnet-5-5")).toList();
        assertThat(asked).hasSize(3).allSatisfy(one -> {
            assertThat(one.get("path").stringValue()).isEqualTo("/v1/messages");
            assertThat(one.get("body").get("max_tokens").intValue()).isEqualTo(1024);
            assertThat(one.get("body").get("system").toString()).contains("criterion_status");
        });
        var job = evaluated.find(platform.url() + "/jobs/([0-9a-f-]{36})");
        var api = platform.api(key);
        var run = api.get("/v2/jobs/" + job + "/traces?limit=20").expect(200).body().get("items").get(0).get("id").stringValue();
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                api.get("/v2/trace/" + run + "/timeline?limit=200").expect(200).text())
                .contains("mentions 'moon'", "It is there.", "It is not there."));
        Console.shows(platform, key, "/trace/" + run, "mentions 'moon'", "It is there.", "mentions 'sun'", "It is not there.", "0.750");
    }

    @Test
    void aJudgeWithoutAVerdictIsAnErrorAndNoReward() {
        evaluate("s18b", "[('undecided', 1.0)]").exitsWith(1);
    }

    private Finished evaluate(String mark, String criteria) {
        return new Hud().source("ops").against(platform.url(), key).write("tasks.py", """
                from env import explain

                tasks = [explain(prompt='play: {"text": "The moon draws the tide (%s)."}', criteria=%s)]
                """.formatted(mark, criteria)).run("eval", "tasks.py", "claude", "-y");
    }
}
