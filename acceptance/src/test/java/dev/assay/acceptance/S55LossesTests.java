// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class S55LossesTests {

    private static final Offset<Double> ROUNDING = Offset.offset(1e-6);

    @Test
    void gradientsAddUpAndEachLossMovesWhatItShould() {
        var toy = Toy.forked("s55");
        toy.hud.run("models", "fork", "toy/base", "--name", "s55-twin", "--yes").exitsWith(0);
        var report = toy.report("losses.py", "s55-twin");

        assertThat(report.get("losses")).extracting(JsonNode::stringValue)
                .contains("cross_entropy", "importance_sampling", "ppo", "cispo", "dro");
        assertThat(report.get("datums").intValue()).isEqualTo(8);
        var apart = numbers(report.get("apart"));
        var together = numbers(report.get("together"));
        assertThat(apart).hasSameSizeAs(together).isNotEmpty();
        for (var at = 0; at < apart.size(); at++) {
            assertThat(apart.get(at)).as("two batches, or one: %s", at).isCloseTo(together.get(at), ROUNDING);
        }
        report.get("metrics").forEachEntry(
                (loss, metrics) -> assertThat(metrics.path("loss:sum").isNumber()).as("%s: %s", loss, metrics).isTrue());
        assertThat(report.at("/supervised/2").doubleValue()).isLessThan(report.at("/supervised/0").doubleValue());

        assertThat(report.at("/own/mine").doubleValue()).isEqualTo(4.5);
        var before = report.get("before");
        double rise = 0;
        for (var datum = 0; datum < before.size(); datum++) {
            var mask = before.get(datum).get("mask");
            assertThat(report.at("/after/" + datum)).hasSameSizeAs(mask);
            for (var at = 0; at < mask.size(); at++) {
                var told = before.get(datum).get("logprobs").get(at).doubleValue();
                rise += mask.get(at).doubleValue() * (report.at("/after/" + datum + "/" + at).doubleValue() - told);
            }
        }
        assertThat(rise).as("what one's own loss asked for").isPositive();
    }

    @Test
    void aLossInTorchMovesWhatTheSameLossOfThePlatformMoves() {
        var torch = Path.of(System.getenv().getOrDefault(
                "ASSAY_TRAINER_TRANSFORMERS_PYTHON", Repository.ROOT.resolve(".assay/trainer-python/bin/python").toString()));
        assumeTrue(Files.isExecutable(torch), "no Python with torch: ./assay trainer-python makes one");
        var toy = Toy.forked("s55-torch");
        toy.hud.run("models", "fork", "toy/base", "--name", "s55-torch-twin", "--yes").exitsWith(0);
        toy.hud.with(Client.with(torch));
        var report = toy.report("custom.py", "s55-torch-twin");

        assertThat(report.at("/cross_entropy/own/masked_tokens").doubleValue()).isPositive()
                .isEqualTo(report.at("/cross_entropy/theirs/action_tokens:sum").doubleValue());
        assertThat(report.at("/cross_entropy/after/0")).as("weights of 1 are weights of 1").isNotEmpty()
                .isEqualTo(report.at("/cross_entropy/after/1"));
        assertThat(report.at("/importance_sampling/own/mine").doubleValue()).as("by 32 bits, which is what torch is given")
                .isCloseTo(report.at("/importance_sampling/theirs/loss:sum").doubleValue(), Offset.offset(1e-4));
        assertThat(report.at("/importance_sampling/steps").toString()).isEqualTo("[2,2]");
    }

    private static List<Double> numbers(JsonNode arrays) {
        return arrays.valueStream().flatMap(JsonNode::valueStream).map(JsonNode::doubleValue).toList();
    }
}
