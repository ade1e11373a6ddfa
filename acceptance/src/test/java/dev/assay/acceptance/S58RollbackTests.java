// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class S58RollbackTests {

    @Test
    void aModelThatIsSentBackSaysWhatItSaidAndGoesOnFromThere() {
        var toy = Toy.forked("s58");
        var report = toy.report("branch.py");
        var one = report.at("/one/checkpoint_id").stringValue();
        assertThat(report.get("back").stringValue()).startsWith("7");
        assertThat(report.get("pinned").stringValue()).as("what is pinned knows no head").startsWith("2");
        assertThat(report.get("head").stringValue()).isEqualTo(one);
        assertThat(report.get("branch").stringValue()).startsWith("5");

        var tree = toy.checkpoints();
        assertThat(Api.JSON.readTree(report.get("tree").toString())).hasSameSizeAs(tree);
        var steps = new ArrayList<Integer>();
        for (var made : new String[] {"one", "other", "last"}) {
            steps.add(report.at("/" + made + "/step").intValue());
        }
        assertThat(steps).as("also across branches").isSorted().doesNotHaveDuplicates();
        var children = tree.stream().filter(node -> node.path("prev_model_checkpoint_id").asString("").equals(one)).toList();
        assertThat(children).as("two ways lead on from there").hasSize(2);
        toy.hud.run("models", "head", "s58", "--set", one).exitsWith(2);
        toy.hud.run("models", "head", "s58", "--set", one, "--yes").exitsWith(0).says("Head set to " + one);
        assertThat(toy.checkpoints()).filteredOn(node -> node.get("is_active").booleanValue()).singleElement()
                .satisfies(node -> assertThat(node.get("id").stringValue()).isEqualTo(one));
    }
}
