// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class S29SpendingTests {

    private final Platform platform = Platform.withModels();

    /** Each run costs 1.5 dollars. */
    @Test
    void whoSpentItsBudgetIsRefusedAndTheRunsSayWhy() {
        var api = platform.api(platform.keyOf("s29"));
        api.post("/v2/budgets", Map.of("scope", "team", "limit_usd", 1)).expect(200, 201);

        var evaluated = evaluate("costly29", api).exitsWith(0).says("Failed mid-run, graded: 2", "0.000");

        var runs = runs(evaluated, api);
        assertThat(runs).hasSize(3);
        var refused = runs.stream().filter(run -> run.get("status").stringValue().equals("error")).toList();
        assertThat(refused).hasSize(2).allSatisfy(run -> {
            assertThat(run.get("reward").doubleValue()).isZero();
            await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                    api.get("/v2/trace/" + run.get("id").stringValue() + "/events").expect(200).text()).contains("Error code: 402 - "));
        });
        assertThat(StandIn.shared().asked("costly29")).hasSize(1);
        var paid = runs.stream().filter(run -> run.get("status").stringValue().equals("completed")).findFirst().orElseThrow();
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(
                api.get("/v2/usage?by=run&run=" + paid.get("id").stringValue()).expect(200).text()).contains("100000"));
    }

    /** The sixth call has to wait. */
    @Test
    void whoMayOnlyAskSoOftenIsOnlySlow() {
        var api = platform.api(platform.keyOf("s29-slow"));
        api.post("/v2/budgets", Map.of("scope", "team", "requests_per_minute", 5)).expect(200, 201);

        var evaluated = evaluate("s29slow", api, "--group", "2").exitsWith(0).says("Mean reward: 1.000");

        assertThat(runs(evaluated, api)).hasSize(6);
    }

    private Finished evaluate(String mark, Api api, String... options) {
        var command = new ArrayList<>(List.of("eval", "tasks.py", "claude", "--all", "--max-concurrent", "1", "-y"));
        command.addAll(List.of(options));
        return Letters.user(mark, api.key()).run(command.toArray(String[]::new));
    }

    private List<JsonNode> runs(Finished evaluated, Api api) {
        var job = evaluated.find(platform.url() + "/jobs/([0-9a-f-]{36})");
        return api.get("/v2/jobs/" + job + "/traces?limit=20").expect(200).body().get("items").valueStream().toList();
    }
}
