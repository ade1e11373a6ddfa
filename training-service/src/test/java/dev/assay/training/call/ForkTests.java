// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.TeamId;
import dev.assay.kit.identity.Role;
import dev.assay.testsupport.Tokens;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a fork is, and whose. */
class ForkTests extends WithFork {

    @Test
    void aForkIsItsTeamsAndTrainable() {
        var fork = send("GET", "/v2/models/" + model, "").body();
        assertThat(fork.path("model_name").asString()).isEqualTo("arith");
        assertThat(fork.path("is_trainable").booleanValue()).isTrue();
        assertThat(fork.path("provider").path("name").asString()).isEqualTo("toy");
        assertThat(fork.path("forked_from").asString()).isEqualTo(id("toy/base"));
        assertThat(send("GET", "/v2/models", "").body().path("items").path(0).path("id").asString()).isEqualTo(model);
        assertThat(send("GET", "/v2/models/" + id("toy/base"), "").body().path("is_trainable").booleanValue()).isFalse();
        assertThat(checkpoints()).isEmpty();
        assertThat(trainer.weights(model, null).weights()).isNull();
        assertThat(trainer.weights(model, null).base()).isEqualTo("base");
    }

    @Test
    void aNameIsForkedOnce() {
        assertThat(fork("arith").status()).isEqualTo(409);
        assertThat(fork(" ARITH ").detail()).isEqualTo("name: the team has a model 'ARITH' already, " + model);
        assertThat(fork("Letter count (scripted)").body().path("model_name").asString()).isEqualTo("Letter-count-(scripted)");
        assertThat(fork("scripted/letter-count").body().path("model_name").asString()).isEqualTo("scripted/letter-count-2");
    }

    @Test
    void aBaseIsNotTrained() {
        model = id("toy/base");
        var refused = refused("optim-step", STEP);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.detail()).isEqualTo("Model 'toy/base' is not trainable, as it is everybody's. Fork it, and train the fork.");
        model = UUID.randomUUID().toString();
        assertThat(refused("optim-step", STEP).status()).isEqualTo(404);
    }

    @Test
    void anotherTeamsForkIsNotThere() {
        var stranger = Tokens.person(TeamId.random(), Role.ADMINISTRATOR);
        for (var what : List.of("forward-backward", "forward", "backward", "optim-step")) {
            assertThat(send("POST", train(what), "{}".getBytes(StandardCharsets.UTF_8), "identity", stranger).status()).isEqualTo(404);
        }
        assertThat(send("GET", train("losses"), new byte[0], "identity", stranger).status()).isEqualTo(404);
        assertThat(send("PUT", "/v2/models/" + model + "/head", "{\"checkpoint_id\": \"x\"}".getBytes(StandardCharsets.UTF_8), "identity", stranger).status())
                .isEqualTo(404);
        assertThat(send("GET", "/v2/models/" + model + "/checkpoints", new byte[0], "identity", Tokens.person(team, Role.VIEWER)).status()).isEqualTo(200);
        assertThat(send("POST", train("optim-step"), STEP.getBytes(StandardCharsets.UTF_8), "identity", Tokens.person(team, Role.VIEWER)).status())
                .isEqualTo(403);
        assertThat(send("GET", "/internal/training/models/" + model + "/weights", new byte[0], "identity", Tokens.worker()).status()).isIn(403, 404);
    }
}
