// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class S60ExternalStacksTests {

    private static final int GROUP = 4;

    @Test
    void rowsOfAFinishedJobAreTheDatumsThatTheServiceMakes() {
        var toy = Toy.forked("s60", "sums");
        var report = toy.report("exported.py");
        var export = "/v2/jobs/" + report.get("job").stringValue() + "/export?format=";
        await().atMost(Duration.ofMinutes(1)).until(() -> lines(toy, export + "tinker&left_out=true").isEmpty());
        var rewards = report.get("rewards").valueStream().map(JsonNode::doubleValue).toList();
        var data = report.get("datums").valueStream().toList();

        var tinker = inOrder(report, lines(toy, export + "tinker"), "/assay/run_id");
        for (int i = 0; i < data.size(); i++) {
            var row = tinker.get(i);
            var inputs = row.get("loss_fn_inputs");
            assertThat(floats(inputs.at("/mask/data"))).isEqualTo(floats(data.get(i).get("mask")));
            assertThat(floats(inputs.at("/logprobs/data"))).isEqualTo(floats(data.get(i).get("sampling_logprobs")));
            var advantage = (float) (rewards.get(i) - mean(rewards, i / GROUP));
            assertThat(floats(inputs.at("/advantages/data")))
                    .isEqualTo(floats(data.get(i).get("mask")).stream().map(mask -> mask == 0 ? 0 : advantage).toList());
            var first = row.at("/model_input/chunks/0/tokens").valueStream().limit(1);
            assertThat(Stream.concat(first, inputs.at("/target_tokens/data").valueStream())).as("what was sampled, and nothing else")
                    .containsExactlyElementsOf(report.get("tokens").get(i).valueStream().toList());
        }

        var slime = inOrder(report, lines(toy, export + "slime"), "/metadata/run_id");
        assertThat(slime).extracting(row -> row.get("reward").doubleValue()).isEqualTo(rewards);
        assertThat(slime).extracting(row -> row.get("tokens")).isEqualTo(report.get("tokens").valueStream().toList());
        for (int i = 0; i < slime.size(); i++) {
            assertThat(slime.get(i).get("group_index")).isEqualTo(slime.get(i - i % GROUP).get("group_index"));
        }
        assertThat(lines(toy, export + "slime")).extracting(row -> row.get("group_index").intValue())
                .isEqualTo(IntStream.range(0, 12).mapToObj(i -> i / GROUP).toList());

        var good = rewards.stream().filter(reward -> reward >= 0.5).count();
        assertThat(lines(toy, export + "sft&min_reward=0.5")).hasSize((int) good);
        assertThat(lines(toy, export + "sft&min_reward=0.5&left_out=true")).hasSize(12 - (int) good);
        assertThat(lines(toy, export + "sft")).hasSize(12).first().satisfies(row -> {
            assertThat(row.at("/messages/0/content").stringValue()).startsWith("What is ");
            assertThat(row.get("messages").valueStream().toList().getLast().get("role").stringValue()).isEqualTo("assistant");
        });
    }

    /**
     * A trainer that pulls: its policy is served at an address of its own, which moves; the job's runs call it there, and each group comes
     * back whole, with the run in it that its policy had refused.
     */
    @Test
    void whoServesTheirOwnPolicyHasRunsOfItAndTakesEachGroupAsItIsOver() {
        Deployed.letters();
        var trainer = Platform.shared().api(Platform.shared().keyOf("shared", "trainer", "member"));
        var refusals = new AtomicInteger();
        try (var first = new StubServer(asked -> sampled(asked, refusals, 5));
                var second = new StubServer(asked -> sampled(asked, refusals, 6))) {
            var model = policyAt(trainer, first);
            var job = started(trainer, model);
            var groups = groups(trainer, job);

            assertThat(groups).extracting(group -> group.get("task").stringValue()).hasSize(3).doesNotHaveDuplicates();
            assertThat(groups).allSatisfy(group -> assertThat(group.get("runs")).hasSize(GROUP));
            var runs = groups.stream().flatMap(group -> group.get("runs").valueStream()).toList();
            assertThat(runs).filteredOn(run -> run.get("rows").isEmpty()).singleElement().satisfies(run -> {
                assertThat(run.get("left_out").stringValue()).contains("no valid grade");
                assertThat(run.get("failure_kind").stringValue()).isEqualTo("model");
            });
            assertThat(runs).filteredOn(run -> !run.get("rows").isEmpty()).hasSize(3 * GROUP - 1).allSatisfy(run -> {
                assertThat(run.at("/rows/0/tokens").toString()).isEqualTo("[7,8,5,9]");
                assertThat(run.at("/rows/0/rollout_log_probs").toString()).isEqualTo("[-0.5,-0.25]");
            });
            assertThat(groups).filteredOn(group -> group.at("/runs/0/task_slug").stringValue().contains("banana"))
                    .allSatisfy(group -> assertThat(group.get("runs"))
                            .anySatisfy(run -> assertThat(run.get("reward").doubleValue()).isOne()));

            assertThat(policyAt(trainer, second)).isEqualTo(model);
            assertThat(groups(trainer, started(trainer, model))).flatExtracting(group -> group.get("runs").valueStream().toList())
                    .allSatisfy(run -> assertThat(run.at("/rows/0/tokens").toString()).isEqualTo("[7,8,6,9]"));
            assertThat(second.requests).hasSize(3 * GROUP).allSatisfy(asked -> assertThat(asked.path()).isEqualTo("/v1/chat/completions"));

            trainer.delete("/v2/upstreams/by-name/outside").expect(204);
            assertThat(trainer.post("/v2/jobs", job(model)).expect(400).detail()).contains("no model '" + model + "'");
        }
    }

    private static String policyAt(Api trainer, StubServer policy) {
        var said = Map.of("base_url", policy.url() + "/v1", "model", "org/policy", "preset", "vllm",
                "credential", "sk-trainer-0123456789", "expires_in_s", 600);
        var answer = trainer.send("PUT", "/v2/upstreams/by-name/outside", Api.JSON.writeValueAsString(said)).expect(200);
        return answer.body().get("model").stringValue();
    }

    private static Map<String, Object> job(String model) {
        return Map.of("taskset", "letters", "group", GROUP, "agent", Map.of("type", "openai_compatible",
                "config", Map.of("model", model, "completion_kwargs", Map.of("extra_body", Map.of("return_token_ids", true)))));
    }

    private static String started(Api trainer, String model) {
        return trainer.post("/v2/jobs", job(model)).expect(201).body().get("job_id").stringValue();
    }

    /** As a trainer's loop reads them. */
    private static List<JsonNode> groups(Api trainer, String job) {
        var groups = new ArrayList<JsonNode>();
        long after = 0;
        for (long left = 1; left > 0; ) {
            var page = trainer.get("/v2/jobs/" + job + "/export/groups?format=slime&limit=2&wait_s=50&after=" + after).expect(200).body();
            page.get("items").forEach(groups::add);
            after = page.get("next").longValue();
            left = page.get("left").longValue();
        }
        return groups;
    }

    /** As vLLM answers, but for one of the calls, which it refuses. */
    private static StubServer.Reply sampled(StubServer.Request asked, AtomicInteger refusals, int token) {
        if (asked.body().contains("mississippi") && refusals.getAndIncrement() == 0) {
            return new StubServer.Reply(400, "{\"error\": {\"message\": \"too long\", \"type\": \"BadRequestError\", \"code\": 400}}");
        }
        assertThat(asked.body()).contains("\"return_token_ids\":true", "\"org/policy\"");
        return new StubServer.Reply(200, """
                {"id": "x", "object": "chat.completion", "created": 1, "model": "org/policy", "prompt_token_ids": [7, 8],
                 "choices": [{"index": 0, "message": {"role": "assistant", "content": "3"}, "finish_reason": "stop", "token_ids": [%d, 9],
                  "logprobs": {"content": [{"token": "3", "logprob": -0.5, "bytes": null, "top_logprobs": []},
                   {"token": "", "logprob": -0.25, "bytes": null, "top_logprobs": []}]}}],
                 "usage": {"prompt_tokens": 2, "completion_tokens": 2, "total_tokens": 4}}""".formatted(token));
    }

    /** As the client has its runs, which began at once and were entered as it happened. */
    private static List<JsonNode> inOrder(JsonNode report, List<JsonNode> rows, String run) {
        var rowOf = rows.stream().collect(Collectors.toMap(row -> compact(row.at(run)), row -> row));
        assertThat(rowOf).hasSize(12);
        return report.get("runs").valueStream().map(id -> rowOf.get(compact(id))).toList();
    }

    private static double mean(List<Double> rewards, int group) {
        return rewards.subList(group * GROUP, (group + 1) * GROUP).stream().mapToDouble(reward -> reward).average().orElseThrow();
    }

    private static List<JsonNode> lines(Toy toy, String path) {
        return toy.api.get(path).expect(200).text().lines().map(Api.JSON::readTree).toList();
    }

    private static List<Float> floats(JsonNode numbers) {
        var floats = new ArrayList<Float>();
        numbers.forEach(number -> floats.add((float) number.doubleValue()));
        return floats;
    }

    private static String compact(JsonNode id) {
        return id.stringValue().replace("-", "");
    }
}
