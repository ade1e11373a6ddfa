// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class S36HostedEvaluationTests {

    private final Platform platform = Platform.shared();
    private final Api api = platform.api(Deployed.KEY);

    @Test
    void thePlatformRunsAgentAndEnvironment() {
        Deployed.letters();
        var hud = Deployed.user();

        var evaluated = hud.run("eval", "letters", "openai_compatible", "--model", "scripted/letters", "--all", "--group", "3", "-y")
                .exitsWith(0).says("Runs: 9", "Mean reward: 1.000");

        assertThat(evaluated.text()).doesNotContain("HUD_SERVE_PORT");
        var job = evaluated.find(platform.url() + "/jobs/([0-9a-f-]{36})");
        var runs = new ArrayList<JsonNode>();
        api.get("/v2/jobs/" + job + "/traces?limit=20").expect(200).body().get("items").forEach(runs::add);
        assertThat(runs).hasSize(9).allSatisfy(run -> {
            assertThat(run.get("status").stringValue()).isEqualTo("completed");
            assertThat(run.get("reward").doubleValue()).isEqualTo(1.0);
        });
        var groups = new HashSet<String>();
        runs.forEach(run -> groups.add(run.get("group_id").stringValue()));
        assertThat(groups).hasSize(3);
        var listed = api.get("/v2/jobs?limit=100").expect(200).body().get("items");
        assertThat(listed).anySatisfy(row -> {
            assertThat(UUID.fromString(row.get("id").stringValue())).isEqualTo(UUID.fromString(job));
            assertThat(row.get("taskset_name").stringValue()).isEqualTo("letters");
        });
        var trace = runs.getFirst().get("id").stringValue();
        hud.run("trace", trace).exitsWith(0).says("Turn 1");
    }

    @Test
    void aRunIsReadableRightAfterItsSubmissionAndHasNoRewardBeforeItsGrade() {
        Deployed.letters();
        var run = UUID.randomUUID();
        api.post("/v2/rollouts/submit", submission(run)).expect(200, 201);
        api.post("/v2/rollouts/submit", submission(run)).expect(200, 201);

        var first = api.get("/v2/trace/" + run).expect(200).body();
        assertThat(first.get("reward").isNull()).isTrue();

        var last = Runs.finished(api, run);
        assertThat(last.get("status").stringValue()).isEqualTo("completed");
        assertThat(last.get("evaluation_result").get("score").doubleValue()).isEqualTo(1.0);
        assertThat(api.get("/v2/trace/" + run.toString().replace("-", "")).expect(200).body().get("reward").doubleValue()).isEqualTo(1.0);
    }

    /** Every turn's token ids and log-probabilities, and of a run that another began, whose it is: what it is trained on and compared with. */
    @Test
    void aHostedRunKeepsItsSamplesAndWhoBeganIt() {
        Deployed.letters();
        Platform.withModels();
        var run = UUID.randomUUID();
        var parent = UUID.randomUUID();
        var body = submission(run);
        body.put("parent_trace_id", parent.toString());
        body.put("agent", Map.of("type", "openai_compatible", "config", Map.of(
                "model", "Qwen/Qwen3.5-4B", "completion_kwargs", Map.of("extra_body", Map.of("return_token_ids", true)))));
        api.post("/v2/rollouts/submit", body).expect(201);

        var ended = Runs.finished(api, run);

        assertThat(ended.get("reward").doubleValue()).as(ended.toString()).isEqualTo(1.0);
        assertThat(ended.get("parent_trace_id").stringValue()).isEqualTo(parent.toString());
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() ->
                assertThat(api.get("/v2/trace/" + run + "/timeline?limit=200").expect(200).text()).contains("\"has_sample\":true"));
    }

    private static Map<String, Object> submission(UUID run) {
        return Runs.submission(run, UUID.nameUUIDFromBytes(run.toString().getBytes()), "letter-count", "count_letter",
                Map.of("word", "banana", "letter", "a"), "scripted/letters");
    }
}
