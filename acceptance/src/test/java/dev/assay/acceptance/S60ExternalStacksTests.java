// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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
