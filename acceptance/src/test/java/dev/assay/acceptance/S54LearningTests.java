// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class S54LearningTests {

    @EveryDeployment
    @Test
    void rewardsTeachAModelThatGuesses() {
        var toy = Toy.forked("s54");
        var steps = toy.ran("learn.py", "s54").stdout().lines().filter(line -> line.startsWith("STEP "))
                .map(line -> Api.JSON.readTree(line.substring("STEP ".length()))).toList();
        assertThat(reward(steps.getFirst())).as("it guesses").isLessThan(0.5);
        assertThat(steps).as("it has learnt").hasSizeLessThan(20);
        assertThat(reward(steps.getLast())).isGreaterThanOrEqualTo(0.9);

        var made = steps.stream().filter(step -> step.has("checkpoint_id")).toList();
        assertThat(made).allSatisfy(step -> {
            assertThat(step.get("model").stringValue()).isEqualTo(toy.slug);
            assertThat(step.get("datums").intValue()).isEqualTo(32);
        });
        var tree = toy.checkpoints();
        assertThat(ids(tree, "id")).containsExactlyElementsOf(ids(made, "checkpoint_id"));
        assertThat(tree).extracting(node -> node.get("is_active").booleanValue()).endsWith(true).containsOnlyOnce(true);
        for (var at = 1; at < tree.size(); at++) {
            assertThat(tree.get(at).get("prev_model_checkpoint_id")).isEqualTo(tree.get(at - 1).get("id"));
        }
        // a batch in which nobody was right teaches nothing, and counts in the next step
        var firsts = steps.subList(0, steps.indexOf(made.getFirst()) + 1);
        assertThat(tree.getFirst().get("mean_reward").doubleValue())
                .isCloseTo(firsts.stream().mapToDouble(S54LearningTests::reward).average().orElseThrow(), within(1e-9));
        assertThat(tree.getFirst().get("num_traces").intValue()).isEqualTo(32 * firsts.size());
        toy.hud.run("models", "checkpoints", "s54").exitsWith(0).says("▶", "importance_sampling");
        assertThat(toy.chat("Which digit comes after 2?").expect(200).body().at("/choices/0/message/content").stringValue()).isEqualTo("3");
    }

    private static double reward(JsonNode step) {
        return step.get("reward").doubleValue();
    }

    private static List<String> ids(List<JsonNode> of, String member) {
        return of.stream().map(one -> one.get(member).stringValue()).toList();
    }
}
