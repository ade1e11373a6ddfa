// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.training.Call;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A loss of the caller's own. */
class OwnLossTests extends WithFork {

    @Test
    void aLossOfOnesOwnIsAForwardAndABackward() {
        var forward = call("forward", "{\"inputs\": [" + input(0.5) + "], \"reward_scale\": 2, \"group_size\": 1}");
        trainer.done(trainer.take(Call.FORWARD));
        var said = forward.join().body();
        assertThat(said.propertyNames()).containsExactlyInAnyOrder("forward_id", "data");
        assertThat(said.path("data").path(0)).isEqualTo(json.readTree("""
                {"reward": 1.0, "traj_idx": 0, "group_idx": 0, "logprobs": [-0.5, -0.25], "sampling_logprobs": [0.0, -0.5], "mask": [0.0, 1.0]}"""));
        var id = said.path("forward_id").asString();
        assertThat(refused("backward", "{\"forward_id\": \"" + id + "\", \"weights\": [[1]]}").detail())
                .isEqualTo("weights: must be 2 for datum 0, as the forward's are, not 1");
        var body = "{\"forward_id\": \"" + id + "\", \"weights\": [[0, 0.5]], \"metrics\": {\"masked_tokens\": 3, \"loss:sum\": 7}}";
        var backward = call("backward", body);
        var lease = trainer.take(Call.BACKWARD);
        assertThat(trainer.blob(lease.call().weights())).hasSize(8);
        trainer.done(lease);
        assertThat(backward.join().body().path("metrics").path("masked_tokens").doubleValue()).isEqualTo(3);
        assertThat(backward.join().body().path("metrics").path("loss:sum").doubleValue()).isEqualTo(7);
        assertThat(refused("backward", body).detail()).contains("differentiated already");
        step();
        assertThat(checkpoints().path(0).path("loss_fn").asString()).isEqualTo("custom");
        assertThat(checkpoints().path(0).path("metrics").path("masked_tokens").doubleValue()).isEqualTo(3);
        assertThat(refused("backward", "{\"forward_id\": \"" + UUID.randomUUID() + "\", \"weights\": [[1]]}").status()).isEqualTo(404);
    }

    @Test
    void aForwardOfWeightsThatAreGoneIsStale() {
        var forward = call("forward", "{\"inputs\": [" + input(0.5) + "]}");
        trainer.done(trainer.take(Call.FORWARD));
        gather();
        step();
        var stale = refused("backward", "{\"forward_id\": \"" + forward.join().body().path("forward_id").asString() + "\", \"weights\": [[1, 2]]}");
        assertThat(stale.status()).isEqualTo(409);
        assertThat(stale.detail()).contains("the weights have changed");
    }
}
