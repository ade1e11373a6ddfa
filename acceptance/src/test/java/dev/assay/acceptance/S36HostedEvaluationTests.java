// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class S36HostedEvaluationTests {

    /** Nobody knows it: a run may name one that was begun elsewhere. */
    private static final UUID PARENT = UUID.randomUUID();

    private final Platform platform = Platform.shared();
    private final Api api = platform.api(Deployed.KEY);

    @EveryDeployment
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
        var told = api.get("/v2/trace/" + trace).expect(200).body();
        assertThat(told.get("environment_version").intValue()).isPositive();
        assertThat(told.get("queue_millis").longValue()).isNotNegative();
        hud.run("trace", trace).exitsWith(0).says("Turn 1");
    }

    @EveryDeployment
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

    /** In one turn and in two, with a system prompt and without: what models learn from. */
    @Test
    void s53EveryTurnOfAHostedRunKeepsItsTokensAndTheNextOneGoesOnWithThem() {
        Deployed.letters();
        Deployed.counter();
        Platform.withModels();
        var runs = new ArrayList<UUID>();
        for (var system : List.of("", "Be brief.")) {
            runs.add(sampling("letter-count", "count_letter", Map.of("word", "banana", "letter", "a"), system));
            runs.add(sampling("counter", "count_words", Map.of("text", "one two three four"), system));
        }

        for (var run : runs) {
            var ended = Runs.finished(api, run);
            assertThat(ended.get("reward").asDouble(-1)).as(ended.toString()).isEqualTo(1.0);
            assertThat(ended.get("parent_trace_id").stringValue()).isEqualTo(PARENT.toString());
            var turns = runs.indexOf(run) % 2 + 1;
            await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(Timelines.kept(platform, run, "agent")).hasSize(turns));
            var seen = List.<JsonNode>of();
            for (var turn : Timelines.kept(platform, run, "agent")) {
                var sample = turn.get("sample");
                var prompt = sample.get("prompt_token_ids").valueStream().toList();
                var output = sample.get("output_token_ids").valueStream().toList();
                assertThat(output).isNotEmpty().hasSameSizeAs(sample.get("output_logprobs"));
                assertThat(prompt).hasSizeGreaterThan(seen.size());
                assertThat(prompt.subList(0, seen.size())).isEqualTo(seen);
                seen = Stream.concat(prompt.stream(), output.stream()).toList();
            }
        }
    }

    private UUID sampling(String environment, String task, Map<String, String> arguments, String system) {
        var run = UUID.randomUUID();
        var model = "Qwen/Qwen3.5-4B";
        var config = new HashMap<String, Object>(Map.of(
                "model", model, "completion_kwargs", Map.of("extra_body", Map.of("return_token_ids", true))));
        if (!system.isEmpty()) {
            config.put("system_prompt", system);
        }
        var body = Runs.submission(run, UUID.randomUUID(), environment, task, arguments, model);
        body.put("parent_trace_id", PARENT.toString());
        body.put("agent", Map.of("type", "openai_compatible", "config", config));
        api.post("/v2/rollouts/submit", body).expect(201);
        return run;
    }

    /** S06 and S08, hosted: the same answer in each dialect, from the model that was asked for, with what it used. */
    @EveryDeployment
    @Test
    void everyHarnessIsDrivenHereToo() {
        Deployed.letters();
        Platform.withModels();
        var harnesses = Map.of("claude", "/v1/messages", "openai", "/v1/responses", "gemini", ":streamGenerateContent",
                "openai_compatible", "/v1/chat/completions");
        var models = Map.of("claude", "claude-sonnet-4-6", "openai", "gpt-5.6", "gemini", "gemini-3.1-pro-preview",
                "openai_compatible", "gpt-5.4-mini");
        var runs = new HashMap<String, UUID>();
        harnesses.keySet().forEach(type -> {
            var run = UUID.randomUUID();
            // no model is named: each has one of its own
            var body = Runs.submission(run, UUID.randomUUID(), "letter-count", "count_letter",
                    Map.of("word", "hosted" + type.replace("_", "") + "banana", "letter", "n"), models.get(type));
            body.put("agent", Map.of("type", type, "config", Map.of()));
            api.post("/v2/rollouts/submit", body).expect(201);
            runs.put(type, run);
        });

        runs.forEach((type, run) -> {
            var ended = Runs.finished(api, run);
            assertThat(ended.get("reward").asDouble(-1)).as(ended.toString()).isEqualTo(1.0);
            assertThat(StandIn.shared().asked("hosted" + type.replace("_", "") + "banana")).singleElement().satisfies(asked -> {
                assertThat(asked.get("path").stringValue()).endsWith(harnesses.get(type));
                assertThat(StandIn.model(asked)).isEqualTo(models.get(type));
            });
            await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
                assertThat(Timelines.of(api, run).toString()).contains("banana", models.get(type), "\"kind\":\"evaluate\"");
                assertThat(api.get("/v2/calls?run=" + run).expect(200).body().get("items")).singleElement().satisfies(call -> {
                    assertThat(call.get("input_tokens").intValue()).isEqualTo(120);
                    if (type.equals("claude")) { // whose price is known
                        assertThat(call.get("cost_usd").decimalValue()).isEqualByComparingTo("0.000756");
                    }
                });
            });
        });
    }

    private static Map<String, Object> submission(UUID run) {
        return Runs.submission(run, UUID.nameUUIDFromBytes(run.toString().getBytes()), "letter-count", "count_letter",
                Map.of("word", "banana", "letter", "a"), "scripted/letters");
    }
}
