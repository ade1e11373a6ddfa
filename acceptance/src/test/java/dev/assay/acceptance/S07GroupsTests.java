// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class S07GroupsTests {

    private final Platform platform = Platform.withModels();
    private final String key = platform.keyOf("s07");

    @Test
    void allTasksInGroupsOfThree() {
        var evaluated = evaluate("s07a", "--all", "--group", "3").says("Runs: 9", "Mean reward: 1.000");
        var runs = runs(evaluated);

        assertThat(runs).hasSize(9);
        var groups = new HashSet<String>();
        runs.forEach(run -> groups.add(run.get("group_id").stringValue()));
        assertThat(groups).hasSize(3);
        assertThat(StandIn.shared().asked("s07a")).hasSize(9);
        itsStatisticsGoByTasksAndSayWhatItsCallsUsed("/v2/jobs/" + job(evaluated));
    }

    private void itsStatisticsGoByTasksAndSayWhatItsCallsUsed(String job) {
        var api = platform.api(key);
        var told = await().until(
                () -> api.get(job + "/statistics").expect(200).body(),
                statistics -> statistics.get("complete").booleanValue() && statistics.at("/cost/calls").intValue() == 9);
        assertThat(told.get("graded_count").intValue()).isEqualTo(9);
        assertThat(told.get("task_count").intValue()).isEqualTo(3);
        assertThat(told.at("/mean_reward/mean").doubleValue()).isEqualTo(1);
        assertThat(told.at("/mean_reward/low").doubleValue()).as("three tasks say little").isBetween(0.05, 0.5);
        assertThat(told.at("/cost/output_tokens").intValue()).isPositive();
        var gate = api.get(job + "/gate?min=0.9&min_tasks=3&against=" + job.substring("/v2/jobs/".length())).expect(200).body();
        assertThat(gate.get("verdict").stringValue()).as(gate.toString()).isEqualTo("passed");
    }

    @Test
    void chosenTasksOnly() {
        evaluate("s07b", "--task-ids", "0,2").says("Runs: 2", "Mean reward: 1.000");

        assertThat(StandIn.shared().asked("s07bstrawberry")).hasSize(1);
        assertThat(StandIn.shared().asked("s07bbanana")).isEmpty();
        assertThat(StandIn.shared().asked("s07bmississippi")).hasSize(1);
    }

    @Test
    void anotherModelAndNotMoreThanTwoAtOnce() {
        var runs = runs(evaluate("slowly07",
                "--model", "claude-haiku-4-5", "--max-steps", "30", "--max-concurrent", "2", "--all", "--group", "2"));

        assertThat(runs).hasSize(6);
        var asked = StandIn.shared().asked("slowly07");
        assertThat(asked).hasSize(6)
                .allSatisfy(one -> assertThat(one.get("body").get("model").stringValue()).isEqualTo("claude-haiku-4-5"));
        assertThat(StandIn.atOnce(asked)).isBetween(1, 2);
    }

    @Test
    void aDryRunAsksNobody() {
        var plan = Letters.user("s07d", key).run("eval", "tasks.py", "claude", "--dry-run", "--json").exitsWith(0);

        assertThat(plan.stdout()).contains("claude");
        assertThat(StandIn.shared().asked("s07d")).isEmpty();
    }

    private Finished evaluate(String mark, String... options) {
        var command = new ArrayList<>(List.of("eval", "tasks.py", "claude", "-y"));
        command.addAll(List.of(options));
        return Letters.user(mark, key).run(command.toArray(String[]::new)).exitsWith(0);
    }

    private List<JsonNode> runs(Finished evaluated) {
        return platform.api(key).get("/v2/jobs/" + job(evaluated) + "/traces?limit=20").expect(200).body().get("items").valueStream().toList();
    }

    private String job(Finished evaluated) {
        return evaluated.find(platform.url() + "/jobs/([0-9a-f-]{36})");
    }
}
