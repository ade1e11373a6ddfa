// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.testsupport.SmallDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;
import tools.jackson.databind.JsonNode;

/** Trainers that are killed in the midst of a call, and disks that are full: whoever trains by the API sees a step or a reason. */
class LostTrainersTests {

    private static final Map<String, Object> STEP = Map.of("learning_rate", 0.1);

    private static TrainerProcess.Place place;
    private static Platform platform;

    @BeforeAll
    static void start() {
        place = TrainerProcess.Place.make(Map.of());
        platform = place.platform();
    }

    @AfterAll
    static void stop() {
        place.close();
    }

    private static Toy fork(String name) {
        return Toy.forked(platform, "toy/base", name, "arith");
    }

    private static TrainerProcess trainer(String trainingService) {
        var one = Map.of("ASSAY_TRAINING_URL", trainingService, "ASSAY_TRAINER_CALLS", "1");
        return TrainerProcess.start(place, Repository.freshFolder("trainer"), one);
    }

    private static Api.Answer gather(Toy toy) {
        return toy.api.post(toy.train("forward-backward"), batch(48));
    }

    private static Map<String, Object> batch(int token) {
        return Map.of("inputs", IntStream.range(0, 8).mapToObj(at -> input(65 + at, token + at, at % 2)).toList());
    }

    private static Map<String, Object> input(int asked, int token, int reward) {
        return Map.of("reward", reward, "samples", List.of(Map.of(
                "prompt_token_ids", List.of(asked, 66), "output_token_ids", List.of(token), "output_logprobs", List.of(-2.3))));
    }

    private static Api.Answer step(Toy toy) {
        return toy.api.post(toy.train("optim-step"), STEP);
    }

    private static JsonNode said(Toy toy) {
        return toy.api.post(toy.train("forward"), batch(48)).expect(200).body().get("data");
    }

    /** When a trainer is killed: as it says this to training-service. */
    private enum Phase {
        HAS_GATHERED("POST /internal/training/calls/.*/outcome", 0),
        HAS_SAVED_HALF("PUT /internal/training/blobs", 1),
        HAS_SAVED("POST /internal/training/calls/.*/outcome", 0);

        private final String request;
        private final int passed;

        Phase(String request, int passed) {
            this.request = request;
            this.passed = passed;
        }
    }

    @Test
    void aTrainerThatIsKilledInAnyPhaseIsFollowedByOneThatMakesTheSameStep() throws InterruptedException {
        var all = new ArrayList<JsonNode>();
        try (var door = new HeldDoor(platform.trainingService())) {
            var trainer = trainer(door.url());
            try {
                for (var phase : Phase.values()) {
                    var toy = fork(phase.name());
                    if (phase != Phase.HAS_GATHERED) {
                        gather(toy).expect(200);
                    }
                    door.hold(phase.request, phase.passed);
                    var answer = CompletableFuture.supplyAsync(() -> phase == Phase.HAS_GATHERED ? gather(toy) : step(toy));
                    door.awaitHeld();
                    trainer.close();
                    assertThat(toy.checkpoints()).as("no half of one").isEmpty();
                    trainer = trainer(door.url());
                    answer.join().expect(200);
                    assertThat(step(toy).expect(200).body().get("step").intValue()).as("asked again it is that step").isEqualTo(1);
                    assertThat(toy.checkpoints()).hasSize(1);
                    all.add(said(toy));
                }
                var undisturbed = fork("undisturbed");
                gather(undisturbed).expect(200);
                step(undisturbed).expect(200);
                assertThat(all).containsOnly(said(undisturbed));
            } finally {
                trainer.close();
            }
        }
    }

    private static SmallDisk disk(Path folder) throws IOException, InterruptedException {
        return SmallDisk.over(folder, "4m").orElseThrow(() -> new TestAbortedException("this user may mount no disk"));
    }

    @Test
    void whereATrainersDiskIsFullThereIsNoStepButAReason() throws Exception {
        var folder = Repository.freshFolder("trainer");
        try (var disk = disk(folder); var trainer = TrainerProcess.start(place, folder, Map.of())) {
            var toy = fork("full");
            gather(toy).expect(200);
            var full = disk.fill();
            assertThat(step(toy).expect(500).detail()).contains("No space left");
            assertThat(toy.api.post(toy.train("forward"), batch(58)).expect(500).detail()).as("what it has not read yet")
                    .contains("No space left");
            assertThat(toy.checkpoints()).isEmpty();
            Files.delete(full);
            assertThat(step(toy).expect(200).body().get("step").intValue()).isEqualTo(1);
            assertThat(toy.checkpoints()).singleElement().satisfies(made -> assertThat(made.get("num_datums").intValue()).isEqualTo(8));
        }
    }

    @Test
    void whereTheServicesDiskIsFullNothingIsTakenAndNoStepIsMade() throws Exception {
        try (var disk = disk(platform.data.resolve("training-service/blobs")); var trainer = trainer(platform.trainingService())) {
            var toy = fork("kept");
            gather(toy).expect(200);
            var full = disk.fill();
            assertThat(step(toy).expect(500).detail()).contains("cannot keep what was made", "No space left");
            assertThat(toy.api.post(toy.train("forward"), batch(48)).expect(503).detail()).contains("cannot be kept", "No space left");
            assertThat(toy.checkpoints()).isEmpty();
            Files.delete(full);
            step(toy).expect(200);
            assertThat(toy.checkpoints()).hasSize(1);
        }
    }
}
