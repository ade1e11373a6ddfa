// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.training.Call;
import dev.assay.contracts.training.CallLease;
import dev.assay.contracts.training.CallOutcome;
import dev.assay.testsupport.RawConnection;
import dev.assay.testsupport.Tokens;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Calls and the trainers that do them, or are lost over them. */
class LeaseTests extends WithFork {

    @Autowired
    private JdbcClient jdbc;

    @Test
    void aTrainerThatIsLostIsFollowedByAnotherWhoIsToldOfAllThatWasGathered() {
        gather();
        var step = call("optim-step", STEP);
        var lost = trainer.take(Call.OPTIM_STEP);
        var next = new TrainerStandIn(port, "next-" + UUID.randomUUID());
        var taken = next.take(Call.OPTIM_STEP);
        assertThat(taken.call().id()).isEqualTo(lost.call().id());
        assertThat(taken.attempt()).isEqualTo(2);
        assertThat(taken.gathered()).extracting(Call::kind).containsExactly(Call.FORWARD_BACKWARD);
        assertThat(trainer.renew(lost).value()).isEqualTo(409);
        assertThat(trainer.tellDone(lost).value()).isEqualTo(409);
        assertThat(checkpoints()).isEmpty();
        assertThat(next.renew(taken).value()).isEqualTo(204);
        next.done(taken);
        assertThat(next.tellDone(taken).value()).isEqualTo(204);
        assertThat(step.join().status()).isEqualTo(200);
        assertThat(checkpoints()).hasSize(1);
    }

    @Test
    void aCallThatKillsTrainersIsGivenUpAndWhatIsBehindItMovesOn() {
        var bad = call("forward-backward", batch(1, 0));
        for (int attempt = 1; attempt <= 3; attempt++) {
            assertThat(trainer.take().attempt()).isEqualTo(attempt);
        }
        var good = call("forward-backward", batch(0, 1));
        CallLease lease = trainer.take();
        assertThat(lease.attempt()).isEqualTo(1);
        trainer.done(lease);
        assertThat(bad.join().text()).contains("3 trainers were lost");
        assertThat(good.join().status()).isEqualTo(200);
    }

    @Test
    void whatIsGivenBackIsAnothersAtOnceAndLostNobody() {
        var told = call("forward-backward", batch(1, 0));
        for (int attempt = 1; attempt <= 4; attempt++) {
            var leaves = new TrainerStandIn(port, "leaves-" + UUID.randomUUID());
            var lease = attempt == 1 ? leaves.take() : leaves.ask(0);
            assertThat(lease).isNotNull();
            assertThat(lease.attempt()).isEqualTo(attempt);
            assertThat(trainer.giveBack(lease).value()).as("another's").isEqualTo(409);
            assertThat(leaves.giveBack(lease).value()).isEqualTo(204);
            assertThat(leaves.giveBack(lease).value()).isEqualTo(409);
            assertThat(leaves.tellDone(lease).value()).isEqualTo(409);
        }
        trainer.done(trainer.take());
        assertThat(told.join().status()).isEqualTo(200);
    }

    @Test
    void whoHungUpWhileTheyWaitedForACallIsGivenNone() throws IOException {
        var gone = "gone-" + UUID.randomUUID();
        var ask = "{\"kinds\": [\"toy\"], \"waitMillis\": 20000}";
        try (var connection = new RawConnection(port)) {
            connection.say("POST /internal/training/leases HTTP/1.1\r\nHost: assay\r\nAuthorization: " + Tokens.trainer(gone)
                    + "\r\nContent-Type: application/json\r\nContent-Length: " + ask.length() + "\r\n\r\n" + ask);
            assertThat(connection.untilTheHead()).as("it waits: white space comes").contains("200");
        }
        var told = call("forward-backward", batch(1, 0));
        var lease = trainer.take();
        assertThat(jdbc.sql("select attempt - given_back from call where id = :id").param("id", lease.call().id()).query(Integer.class).single())
                .as("nobody was lost over it").isEqualTo(1);
        trainer.done(lease);
        assertThat(told.join().status()).isEqualTo(200);
    }

    @Test
    void callsOfOneModelAreOneBehindTheOther() {
        var first = call("forward-backward", batch(1, 0));
        var lease = trainer.take();
        var second = call("optim-step", STEP);
        assertThat(new TrainerStandIn(port, "other").ask(300)).isNull();
        trainer.done(lease);
        trainer.done(trainer.take(Call.OPTIM_STEP));
        assertThat(first.join().status()).isEqualTo(200);
        assertThat(second.join().body().path("step").intValue()).isEqualTo(1);
    }

    @Test
    void whatATrainerCannotDoIsSaidAndChangesNothing() {
        gather();
        var step = call("optim-step", STEP);
        trainer.failed(trainer.take(), 500, "the disk is full");
        assertThat(step.join().text()).contains("the disk is full");
        assertThat(checkpoints()).isEmpty();
        assertThat(step().path("step").intValue()).isEqualTo(1);
        var half = call("forward-backward", batch(1, 0));
        trainer.done(trainer.take());
        half.join();
        var again = call("optim-step", STEP);
        var lease = trainer.take();
        assertThat(trainer.tell(lease, new CallOutcome(lease.attempt(), null, Map.of(), false, null,
                new CallOutcome.Saved("0".repeat(64), "0".repeat(64)))).value()).isEqualTo(400);
        assertThat(checkpoints()).hasSize(1);
        trainer.done(lease);
        assertThat(again.join().status()).isEqualTo(200);
    }

    @Test
    void whoeverWaitsHearsWhiteSpaceUntilThereIsAnAnswer() {
        var told = call("forward-backward", batch(1, 0));
        var lease = trainer.take();
        for (int i = 0; i < 3; i++) {
            trainer.renew(lease);
            trainer.ask(100);
        }
        trainer.done(lease);
        assertThat(told.join().text()).startsWith(" ").endsWith("}");
        assertThat(told.join().body().path("num_datums").intValue()).isEqualTo(2);
    }

    @Test
    void withoutATrainerACallIsGivenUpAndNotDoneLater() {
        var alone = call("forward-backward", batch(1, 0));
        assertThat(alone.join().text()).contains("No trainer for 'toy' models is there just now");
        assertThat(trainer.ask(0)).isNull();
    }
}
