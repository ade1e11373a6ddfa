// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/** A client that trains a model as fast as it can, batch and step, and remembers which steps were answered. */
final class TaughtModel {

    private static final Map<String, Object> STEP = Map.of("learning_rate", 0.01);

    private final Api api;
    private final String model;
    private final List<String> answered = new CopyOnWriteArrayList<>();
    private final AtomicBoolean running = new AtomicBoolean();
    private Future<?> client;

    TaughtModel(Api api) {
        this.api = api;
        var base = api.get("/v2/models/resolve?model=toy/base").expect(200).body().get("id").stringValue();
        model = api.post("/v2/models/fork", Map.of("source_model_id", base, "name", "survivor")).expect(201).body().get("id").stringValue();
    }

    void begin() {
        running.set(true);
        client = Executors.newVirtualThreadPerTaskExecutor().submit(this::teach);
    }

    void end() {
        running.set(false);
        await().until(client::isDone);
    }

    int answered() {
        return answered.size();
    }

    private void teach() {
        while (running.get()) {
            if (api.post(train("forward-backward"), Map.of("inputs", List.of(input('1', 1), input('2', 0)))).status() == 200) {
                var step = api.post(train("optim-step"), STEP);
                if (step.status() == 200) {
                    answered.add(step.body().get("checkpoint_id").stringValue());
                }
            }
        }
    }

    private String train(String what) {
        return "/rl/v1/models/" + model + "/train/" + what;
    }

    private static Map<String, Object> input(int token, double reward) {
        return Map.of("reward", reward, "samples", List.of(Map.of(
                "prompt_token_ids", List.of(65, 66), "output_token_ids", List.of(token), "output_logprobs", List.of(-2.3))));
    }

    /**
     * Every step that was answered is there, once. Whoever was not answered asks again, and has that one step: also if it was made of a batch
     * that was only just taken.
     */
    void isWhereItWasOrOneStepFurther() {
        var again = api.post(train("optim-step"), STEP).expect(200).body();
        var checkpoints = api.get("/v2/models/" + model + "/checkpoints").expect(200).body().valueStream().toList();
        assertThat(checkpoints).extracting(one -> one.get("id").stringValue()).containsAll(answered);
        assertThat(checkpoints.size()).isBetween(answered.size(), answered.size() + 1);
        assertThat(checkpoints).extracting(one -> one.get("name").stringValue())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, checkpoints.size()).mapToObj(step -> "step-" + step).toList());
        assertThat(checkpoints.getLast().get("id")).isEqualTo(again.get("checkpoint_id"));
        assertThat(checkpoints).extracting(TaughtModel::parent).containsExactlyElementsOf(
                IntStream.range(0, checkpoints.size()).mapToObj(at -> at == 0 ? "" : checkpoints.get(at - 1).get("id").stringValue()).toList());
        var head = checkpoints.stream().filter(one -> one.get("is_active").booleanValue()).toList();
        assertThat(head).containsExactly(checkpoints.getLast());
    }

    private static String parent(JsonNode checkpoint) {
        return checkpoint.get("prev_model_checkpoint_id").asString("");
    }
}
