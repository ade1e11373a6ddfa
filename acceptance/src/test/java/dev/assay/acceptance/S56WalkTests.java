// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class S56WalkTests {

    @Test
    void aConversationIsOneSequenceAndToolCallsAreLearnt() {
        var toy = Toy.forked("s56");
        var ran = toy.ran("walks.py");
        var steps = told(ran, "STEP ");
        assertThat(steps).hasSize(5).allSatisfy(step -> assertThat(step.get("datums").intValue()).as("one a walk").isEqualTo(12));
        assertThat(steps.subList(3, 5)).as("it learns").anySatisfy(
                step -> assertThat(step.get("reward").doubleValue()).isGreaterThan(steps.getFirst().get("reward").doubleValue()));
        var pairs = told(ran, "PAIRS ").getFirst();
        assertThat(pairs.get("num_datums").intValue()).as("walks that were taken, and those by hand").isEqualTo(8);
        assertThat(toy.checkpoints()).isNotEmpty().allSatisfy(node -> assertThat(node.at("/metrics/reward_std").isNumber()).isTrue());
    }

    private static List<JsonNode> told(Finished ran, String what) {
        return ran.stdout().lines().filter(line -> line.startsWith(what))
                .map(line -> Api.JSON.readTree(line.substring(what.length()))).toList();
    }
}
