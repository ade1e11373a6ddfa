// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** What a step is made of, and what stands where the head is. */
class StepTests extends WithFork {

    @Test
    void aStepIsACheckpointOfAllThatWasSentSinceTheLast() {
        gather();
        gather();
        var step = step();
        assertThat(step.propertyNames()).containsExactlyInAnyOrder("step", "checkpoint_id", "sampler_path", "state_path", "model");
        assertThat(step.path("step").intValue()).isEqualTo(1);
        assertThat(step.path("model").asString()).isEqualTo("arith");
        var row = checkpoints().path(0);
        assertThat(row.path("id").asString()).isEqualTo(step.path("checkpoint_id").asString());
        assertThat(row.path("is_active").booleanValue()).isTrue();
        assertThat(row.path("prev_model_checkpoint_id").isNull()).isTrue();
        assertThat(row.path("num_traces").intValue()).isEqualTo(4);
        var whole = send("GET", "/v2/models/" + model + "/checkpoints/step-1", "").body();
        assertThat(whole.path("id")).isEqualTo(row.path("id"));
        assertThat(whole.path("inputs")).hasSize(4);
        assertThat(whole.path("inputs").path(1)).isEqualTo(json.readTree("""
                {"trace_id": "01234567-89ab-cdef-0123-456789abcdef", "reward": 0.0, "advantage": -0.5, "loss_fn": "importance_sampling"}"""));
        assertThat(row.path("num_tokens").intValue()).isEqualTo(12);
        assertThat(row.path("mean_reward").doubleValue()).isEqualTo(0.5);
        assertThat(row.path("loss_fn").asString()).isEqualTo("importance_sampling");
        assertThat(row.path("metrics").path("loss:sum").doubleValue()).isEqualTo(4);
        assertThat(row.path("metrics").path("ratio_max").doubleValue()).isEqualTo(1.25);
        assertThat(row.path("metrics").path("reward_std").doubleValue()).isCloseTo(0.5, within(1e-9));
        assertThat(row.path("metrics").path("grad_norm").doubleValue()).isEqualTo(1.5);

        gather();
        assertThat(step().path("step").intValue()).isEqualTo(2);
        assertThat(checkpoints().path(1).path("prev_model_checkpoint_id").asString()).isEqualTo(step.path("checkpoint_id").asString());
        assertThat(checkpoints().path(1).path("num_traces").intValue()).isEqualTo(2);
    }

    @Test
    void aStepWhoseAnswerWasLostIsMadeOnce() {
        gather();
        var first = step();
        assertThat(decided(call("optim-step", STEP)).body()).isEqualTo(first);
        assertThat(checkpoints()).hasSize(1);
        assertThat(decided(call("optim-step", "{\"learning_rate\": 0.2}")).status()).isEqualTo(409);
    }

    @Test
    void nothingToLearnFromIsNoStep() {
        assertThat(decided(call("optim-step", STEP)).detail()).contains("nothing was sent since the last step");
        var flat = call("forward-backward", batch(1, 1));
        var lease = trainer.take();
        assertThat(lease.call().advantages()).containsExactly(0.0, 0.0);
        trainer.doneAndFlat(lease);
        assertThat(flat.join().status()).isEqualTo(200);
        var step = decided(call("optim-step", STEP));
        assertThat(step.status()).isEqualTo(409);
        assertThat(step.detail()).contains("every advantage was zero");
        assertThat(checkpoints()).isEmpty();
    }

    @Test
    void aMovedHeadDropsWhatWasGathered() {
        gather();
        var first = step().path("checkpoint_id").asString();
        gather();
        step();
        gather();
        var begun = call("forward-backward", batch(1, 0));
        var lease = trainer.take();
        var moved = send("PUT", "/v2/models/" + model + "/head", "{\"checkpoint_id\": \"" + first + "\"}");
        assertThat(moved.body().path("is_active").booleanValue()).isTrue();
        assertThat(begun.join().text()).contains("The head of this model was moved");
        assertThat(trainer.tellDone(lease).value()).isEqualTo(409);
        assertThat(send("PUT", "/v2/models/" + model + "/head", "{\"checkpoint_id\": \"" + first + "\"}").status()).isEqualTo(200);
        assertThat(checkpoints().valueStream().map(row -> row.path("is_active").booleanValue())).containsExactly(true, false);

        assertThat(decided(call("optim-step", STEP)).status()).isEqualTo(409);
        gather();
        var branch = step();
        assertThat(branch.path("step").intValue()).isEqualTo(3);
        assertThat(checkpoints().path(2).path("prev_model_checkpoint_id").asString()).isEqualTo(first);
    }

    @Test
    void weightsAreTheHeadsOrThoseThatArePinned() {
        gather();
        var first = step().path("checkpoint_id").asString();
        gather();
        step();
        assertThat(trainer.weights(model, null).checkpointName()).isEqualTo("arith:2");
        assertThat(trainer.weights(model, "arith:1").checkpoint()).hasToString(first);
        assertThat(trainer.weights(model, "step-1").checkpoint()).hasToString(first);
        assertThat(trainer.weights(model, first.replace("-", "")).checkpoint()).hasToString(first);
        assertThat(trainer.weightsStatus(model, "arith:3").value()).isEqualTo(404);
        var child = send("POST", "/v2/models/fork", "{\"source_model_id\": \"" + model + "\", \"name\": \"child\"}").body();
        assertThat(trainer.weights(child.path("id").asString(), null).weights()).isEqualTo(trainer.weights(model, null).weights());
        assertThat(child.path("forked_at").asString()).isEqualTo(trainer.weights(model, null).checkpoint().toString());
    }
}
