// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class S59GuardRailTests {

    @Test
    void whatCannotBeLearntIsSaidAndStepsAreMadeOneAfterTheOther() {
        var toy = Toy.forked("s59");
        var report = toy.report("rails.py");
        assertThat(report.get("nothing").stringValue()).contains("No gradients are accumulated", "nothing was sent");
        assertThat(report.get("flat").stringValue()).contains("every advantage was zero");
        assertThat(report.get("unknown").stringValue()).contains("hope", "importance_sampling");
        assertThat(report.get("incomplete").stringValue()).contains("divide evenly");
        assertThat(report.get("interleaved").stringValue()).contains("contiguous");

        var tree = toy.checkpoints().stream().map(node -> node.get("id").stringValue()).toList();
        var made = report.get("together").valueStream().filter(JsonNode::isObject)
                .map(step -> step.get("checkpoint_id").stringValue()).toList();
        assertThat(made).as("%s", report.get("together")).isNotEmpty().doesNotHaveDuplicates().isSubsetOf(tree);
        assertThat(report.get("together").valueStream().filter(JsonNode::isString).map(JsonNode::stringValue))
                .allSatisfy(refusal -> assertThat(refusal).contains("No gradients are accumulated"));
        assertThat(report.at("/twice/1")).isEqualTo(report.at("/twice/0"));
        assertThat(tree).hasSize(made.size() + 1);
    }
}
