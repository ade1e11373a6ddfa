// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import tools.jackson.databind.JsonNode;

/** A transformer in a folder, from the catalog to the client: a small one that nobody trained. */
@EnabledIf(
        value = "dev.assay.acceptance.RealWeightsTests#canCompute",
        disabledReason = "no Python with torch: ./assay trainer-python makes one")
class RealWeightsTests {

    private static TrainerProcess.Place place;
    private static TrainerProcess trainer;

    static boolean canCompute() {
        return Files.isExecutable(Path.of(python()));
    }

    private static String python() {
        var own = Repository.ROOT.resolve(".assay/trainer-python/bin/python").toString();
        return System.getenv().getOrDefault("ASSAY_TRAINER_TRANSFORMERS_PYTHON", own);
    }

    @BeforeAll
    static void start() {
        var folder = Repository.freshFolder("tiny");
        var made = Repository.ROOT.resolve("trainer/src/test/python/tiny.py").toString();
        Running.start(folder, Map.of(), List.of(python(), "-I", made, folder.toString())).finish(Duration.ofMinutes(5)).exitsWith(0);
        place = TrainerProcess.Place.make(Platform.trainable(1, "tiny/base", "transformers", "tiny"));
        trainer = TrainerProcess.start(place, Repository.freshFolder("trainer"), Map.of(
                "ASSAY_TRAINER_TRANSFORMERS_PYTHON", python(), "ASSAY_TRAINER_TRANSFORMERS_MODELS_TINY", folder.toString()));
    }

    @AfterAll
    static void stop() {
        trainer.close();
        place.close();
    }

    @Test
    void rewardsTeachATransformerThatIsPinnedAndSentBackAsAnyModel() {
        var model = Toy.forked(place.platform(), "tiny/base", "digits", "arith");
        var report = model.report("digits.py");
        var rewards = numbers(report.get("rewards"));
        assertThat(rewards.getFirst()).as("untrained it says what it likes").isLessThan(0.5);
        assertThat(rewards.getLast()).isGreaterThan(0.8);
        assertThat(report.get("metrics")).allSatisfy(metrics -> {
            assertThat(metrics.get("ratio_mean").doubleValue()).isBetween(0.999, 1.001);
            assertThat(metrics.get("kl_sample_train_v2").doubleValue()).isLessThan(1e-6);
        });
        assertThat(numbers(report.get("apart"))).as("what was sampled with, and what a forward says of it").hasSizeGreaterThan(16)
                .allSatisfy(apart -> assertThat(apart).isLessThan(1e-3));

        var made = model.checkpoints();
        assertThat(made).hasSize(rewards.size() - 1);
        var said = report.get("said").valueStream().toList();
        assertThat(report.get("pinned").valueStream()).as("each as when it was the head").isEqualTo(said.subList(1, said.size()));
        assertThat(report.get("back")).isEqualTo(said.get(1));
        assertThat(report.get("forward")).isEqualTo(said.getLast());
        assertThat(said.getLast()).isNotEqualTo(said.getFirst());
    }

    @Test
    void aProcessThatWasKilledFailsACallAndLosesNothing() {
        var model = Toy.forked(place.platform(), "tiny/base", "killed", "arith");
        model.chat("Say a digit.").expect(200);
        var inputs = List.of(input(5, 1), input(6, 0));
        model.api.post(model.train("forward-backward"), Map.of("inputs", inputs)).expect(200);
        trainer.computing().forEach(ProcessHandle::destroyForcibly);
        assertThat(model.api.post(model.train("optim-step"), Map.of("learning_rate", 0.01)).expect(500).detail()).contains("was killed");
        assertThat(model.checkpoints()).isEmpty();
        model.api.post(model.train("optim-step"), Map.of("learning_rate", 0.01)).expect(200);
        trainer.computing().forEach(ProcessHandle::destroyForcibly);
        model.api.post(model.train("forward-backward"), Map.of("inputs", inputs)).expect(500);
        model.api.post(model.train("forward-backward"), Map.of("inputs", inputs)).expect(200);
        assertThat(model.checkpoints()).hasSize(1);
    }

    private static Map<String, Object> input(int token, double reward) {
        return Map.of("reward", reward, "samples", List.of(Map.of(
                "prompt_token_ids", List.of(1, 4), "output_token_ids", List.of(token), "output_logprobs", List.of(-4.5))));
    }

    private static List<Double> numbers(JsonNode array) {
        return array.valueStream().map(JsonNode::doubleValue).toList();
    }
}
