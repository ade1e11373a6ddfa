// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.training.Call;
import dev.assay.contracts.training.CallLease;
import dev.assay.contracts.training.CallOutcome;
import dev.assay.contracts.training.Chunk;
import dev.assay.contracts.training.Datum;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What a trainer does with leases. */
class CallTests extends RunningTrainer {

    @Test
    void aModelLearnsAndIsSampledFromThen() throws Exception {
        var datums = blob(datums("What is 3 + 4?", 4));
        var learn = learn(datums, 0.75, -0.25, -0.25, -0.25);
        var learnt = done(lease(model, null, learn));
        assertThat(learnt.failure()).isNull();
        assertThat(learnt.moves()).isTrue();
        assertThat(learnt.metrics()).containsEntry("action_tokens:sum", 8.0);
        assertThat(learnt.metrics().get("ratio_mean")).isCloseTo(1, within(1e-6));
        assertThat(learnt.metrics().get("loss:sum")).isCloseTo(0, within(1e-5)); // of as many tokens each

        var stepped = done(lease(model, null, step(), learn));
        assertThat(stepped.metrics().get("grad_norm")).isPositive();
        assertThat(stepped.metrics()).containsEntry("learning_rate", 0.5);
        training.samples(model, "step-1", saved(stepped).weights());
        var asked = "'messages': [{'role': 'user', 'content': 'What is 3 + 4?'}]";
        var answer = ask(asked + ", 'logprobs': true, 'seed': 0, 'return_token_ids': true");
        assertThat(answer.headers().firstValue("x-hud-checkpoint")).hasValue("step-1");

        var state = saved(stepped).state();
        var fresh = datum(0, TrainingStandIn.JSON.readTree(answer.body()).path("choices").path(0));
        var said = done(lease(model, state, forward(blob(List.of(fresh))))).logprobs();
        var heard = ByteBuffer.wrap(training.blobs.get(said)).asFloatBuffer();
        for (int position = 0; position < fresh.length(); position++) {
            if (fresh.mask()[position] > 0) {
                assertThat(heard.get(position)).isEqualTo(fresh.sampled()[position]);
            }
        }
        assertThat(training.fetched).doesNotContain(state); // it had it
    }

    @Test
    void whatATrainerDidThatDiedIsDoneAgainToTheLastBit() throws Exception {
        var first = learn(blob(datums("Which digit?", 2)), 0.5, -0.5);
        var second = learn(blob(datums("And which now?", 2)), -0.5, 0.5);
        var undisturbed = ModelId.random();
        done(lease(undisturbed, null, first));
        done(lease(undisturbed, null, second, first));
        var expected = saved(done(lease(undisturbed, null, step(), first, second)));

        var killed = startApart("killed");
        try {
            training.leases("trainer/killed").add(lease(model, null, first));
            outcome(first, 2); // it has done the first itself
            var hangs = training.hang(Objects.requireNonNull(second.datums()));
            training.leases("trainer/killed").add(lease(model, null, second, first));
            assertThat(hangs.begun().await(60, TimeUnit.SECONDS)).isTrue();
            killed.destroyForcibly().waitFor();
            hangs.rest().countDown();
            assertThat(training.told(second.id())).hasSize(1);
        } finally {
            killed.destroyForcibly();
        }
        done(lease(model, null, second, first));
        assertThat(saved(done(lease(model, null, step(), first, second)))).isEqualTo(expected);
    }

    @Test
    void whatATrainerCannotEndBeforeItStopsIsGivenBack() throws Exception {
        var stopped = startApart("stopped");
        try {
            var learn = learn(blob(datums("Who does this?", 2)), 0.5, -0.5);
            var hangs = training.hang(Objects.requireNonNull(learn.datums()));
            training.leases("trainer/stopped").add(lease(model, null, learn));
            assertThat(hangs.begun().await(60, TimeUnit.SECONDS)).isTrue();
            stopped.destroy();
            Awaitility.await().until(() -> training.givenBack.contains(learn.id()));
            hangs.rest().countDown();
            assertThat(training.told(learn.id())).isEmpty();
        } finally {
            stopped.destroyForcibly();
        }
    }

    @Test
    void aHeadThatWasMovedIsGoneOnFrom() throws Exception {
        var learn = learn(blob(datums("Which digit?", 2)), 0.5, -0.5);
        done(lease(model, null, learn));
        var once = saved(done(lease(model, null, step(), learn)));
        var again = learn(learn.datums(), 0.5, -0.5);
        done(lease(model, once.state(), again));
        var twice = saved(done(lease(model, once.state(), step(), again)));
        assertThat(twice).isNotEqualTo(once);
        done(lease(model, twice.state(), learn(learn.datums(), -0.5, 0.5))); // which the move drops
        var back = learn(learn.datums(), 0.5, -0.5);
        done(lease(model, once.state(), back));
        assertThat(saved(done(lease(model, once.state(), step(), back)))).isEqualTo(twice);
    }

    @Test
    void anOutcomeIsToldUntilItIsHeard() throws Exception {
        var learn = learn(blob(datums("Which digit?", 2)), 0.5, -0.5);
        training.answersToLose.set(2);
        training.leases(FIRST).add(lease(model, null, learn));
        Awaitility.await().until(() -> training.told(learn.id()).size() == 3);
        assertThat(training.told(learn.id())).containsOnly(training.told(learn.id()).getFirst());
    }

    @Test
    void aCallThatIsAnothersByNowIsLeftAlone() throws Exception {
        var learn = learn(blob(datums("Who learns this?", 2)), 0.5, -0.5);
        var hangs = training.hang(Objects.requireNonNull(learn.datums()));
        training.lost.add(learn.id());
        int before = training.renewals.get();
        training.leases(FIRST).add(new CallLease(1, 3000, model, "toy", "base", null, 0, null, null, List.of(), learn));
        Awaitility.await().until(() -> training.renewals.get() > before);
        hangs.rest().countDown();
        var again = learn(learn.datums(), 0.5, -0.5);
        done(lease(model, null, again));
        var undisturbed = ModelId.random();
        done(lease(undisturbed, null, again));
        assertThat(saved(done(lease(model, null, step(), again)))).isEqualTo(saved(done(lease(undisturbed, null, step(), again))));
    }

    @Test
    void weightsOfTheCallersOwnCountAsTheyAre() throws Exception {
        var datums = datums("Which digit?", 1);
        var weights = ByteBuffer.allocate(4 * datums.getFirst().length());
        for (int position = 0; position < datums.getFirst().length(); position++) {
            weights.putFloat(datums.getFirst().mask()[position] * 0.5f);
        }
        var given = new Call(
                UUID.randomUUID(), Call.BACKWARD, blob(datums), null, Map.of(), List.of(), 1, training.put(weights.array()), null);
        assertThat(done(lease(model, null, given)).moves()).isTrue();
        var byWeights = saved(done(lease(model, null, step(), given)));
        var fewer = new Call(
                UUID.randomUUID(), Call.BACKWARD, given.datums(), null, Map.of(), List.of(), 1, training.put(new byte[4]), null);
        assertThat(done(lease(model, null, fewer)).failure())
                .isEqualTo(new CallOutcome.Failure(422, "weights: are fewer than the positions of the forward"));

        var likewise = new Call(
                UUID.randomUUID(), Call.FORWARD_BACKWARD, given.datums(), "cispo",
                Map.of("clip_low_threshold", 1.0, "clip_high_threshold", 1.0), List.of(0.5), 1, null, null);
        done(lease(model, null, likewise));
        assertThat(saved(done(lease(model, null, step(), likewise)))).isEqualTo(byWeights);
    }

    @Test
    void advantagesOfZeroMoveNothing() throws Exception {
        var outcome = done(lease(model, null, learn(blob(datums("Which digit?", 2)), 0.0, 0.0)));
        assertThat(outcome.moves()).isFalse();
        assertThat(outcome.failure()).isNull();
    }

    @Test
    void whatCannotBeComputedIsSaidAndTheModelGoesOn() throws Exception {
        var learn = learn(blob(datums("Which digit?", 1)), 1.0);
        done(lease(model, null, learn));
        var foreign = new Datum(7, List.of(new Chunk.Text(1, 50_000)), new int[] {50_000, 2}, new float[] {1, 1}, new float[2]);
        var failed = done(lease(model, null, forward(blob(List.of(foreign))), learn));
        assertThat(failed.failure()).isNotNull();
        assertThat(failed.failure().status()).isEqualTo(422);
        assertThat(failed.failure().detail()).contains("inputs[7]", "50000", "position 1");
        var missing = done(lease(model, null, forward("0".repeat(64)), learn));
        assertThat(missing.failure().status()).isEqualTo(500);
        assertThat(done(lease(model, null, step(), learn)).failure()).isNull();
    }
}
