// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.ModelId;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.SampledCall;
import dev.assay.contracts.training.Chunk;
import dev.assay.training.batch.RecordedSamples.Steps;
import dev.assay.training.datum.Sample;
import dev.assay.training.sample.SampledCalls.OfRun;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SettledTests {

    private static final TeamId TEAM = TeamId.random();
    private static final RunId RUN = new RunId(UUID.randomUUID());
    private static final ModelId MODEL = new ModelId(UUID.randomUUID());

    private static SampledCall call(int prompt, int output, float logprob, int retry, ModelId model) {
        return new SampledCall(
                UUID.randomUUID(), TEAM, RUN, null, model, null, retry, new int[] {prompt}, new int[] {output}, new float[] {logprob});
    }

    private static SampledCall call(int prompt, int output) {
        return call(prompt, output, -0.5f, 0, MODEL);
    }

    private static SampledCall withoutIds() {
        return new SampledCall(UUID.randomUUID(), TEAM, RUN, null, MODEL, null, 0, null, null, null);
    }

    private static Sample sample(int prompt, int output) {
        return new Sample(List.of(new Chunk.Text(prompt)), new int[] {output}, new float[] {-0.001f});
    }

    private static Settled settled(Steps steps, SampledCall... calls) {
        return Settled.of(new OfRun(List.of(calls), false), steps, false);
    }

    private static Steps graded(int turns, Sample... samples) {
        return new Steps(List.of(samples), turns, 0, true);
    }

    private static List<Integer> outputs(Settled settled) {
        assertThat(settled).isInstanceOf(Settled.Samples.class);
        return ((Settled.Samples) settled).samples().stream().flatMap(sample -> Arrays.stream(sample.output()).boxed()).toList();
    }

    private static String refusal(Settled settled) {
        assertThat(settled).isInstanceOf(Settled.Refused.class);
        return ((Settled.Refused) settled).why();
    }

    @Test
    void whatTheGatewaySawCountsAndNotHowLikelyTheStepsSayThatItWas() {
        var settled = settled(graded(2, sample(1, 2), sample(3, 4)), call(1, 2), call(3, 4));
        assertThat(outputs(settled)).containsExactly(2, 4);
        assertThat(((Settled.Samples) settled).samples()).allSatisfy(sample -> assertThat(sample.logprobs()).containsExactly(-0.5f));
        assertThat(((Settled.Samples) settled).models()).containsExactly(MODEL);
    }

    @Test
    void stepsChooseAmongTheCalls() {
        assertThat(outputs(settled(graded(1, sample(3, 4)), call(1, 2), call(3, 4), withoutIds())))
                .as("others were its environment's").containsExactly(4);
    }

    @Test
    void stepsThatSayWhatNobodySawChooseNothing() {
        assertThat(outputs(settled(graded(2, sample(1, 9), sample(3, 4)), call(1, 2), call(3, 4)))).containsExactly(2, 4);
        assertThat(outputs(settled(graded(2), call(1, 2), call(3, 4)))).containsExactly(2, 4);
        assertThat(refusal(settled(graded(1, sample(1, 9)), call(1, 2), call(3, 4)))).startsWith("has 1 turns of its agent and 2 calls");
        assertThat(refusal(settled(new Steps(List.of(sample(1, 9)), 1, 1, true), call(1, 2)))).as("of another model, perhaps")
                .contains("answered by other models as well");
        assertThat(refusal(settled(graded(3), call(1, 2), call(3, 4)))).startsWith("has 3 turns of its agent and 2 calls");
    }

    @Test
    void withoutStepsAllCallsCountUnlessOthersWereMade() {
        assertThat(outputs(settled(Steps.NONE, call(1, 2), call(3, 4)))).containsExactly(2, 4);
        assertThat(outputs(settled(graded(0), call(1, 2), call(3, 4)))).as("an agent of one's own tells no turns").containsExactly(2, 4);
        assertThat(refusal(settled(new Steps(List.of(), 0, 1, false), call(1, 2)))).contains("answered by other models as well");
        assertThat(refusal(settled(Steps.NONE, call(1, 2), call(3, 4, -1, 0, new ModelId(UUID.randomUUID())))))
                .contains("answered by other models as well");
        assertThat(refusal(settled(new Steps(List.of(), 3, 0, false), call(1, 2), call(3, 4))))
                .contains("answered by other models as well");
    }

    @Test
    void aCallWhoseAnswerWasLostIsNoTurn() {
        assertThat(outputs(settled(Steps.NONE, call(1, 2), call(1, 3, -1, 1, MODEL), call(4, 5)))).containsExactly(3, 5);
        assertThat(outputs(settled(Steps.NONE, call(1, 2), call(1, 3)))).as("asked twice on purpose").containsExactly(2, 3);
        assertThat(outputs(settled(Steps.NONE, call(1, 2), call(4, 5, -1, 1, MODEL))))
                .as("the one before had not been sampled").containsExactly(2, 5);
        assertThat(outputs(settled(graded(2, sample(1, 2), sample(1, 3)), call(1, 2), call(1, 3, -1, 1, MODEL))))
                .as("asked twice on purpose, and the second time in vain at first: the steps know").containsExactly(2, 3);
    }

    @Test
    void withoutARecordTheStepsCount() {
        assertThat(outputs(settled(graded(3, sample(1, 2))))).containsExactly(2);
        assertThat(refusal(settled(graded(3)))).contains("has no token ids");
    }

    @Test
    void aRecordThatMustBeThereIsNotMadeUpForByTheSteps() {
        assertThat(refusal(Settled.of(new OfRun(List.of(), false), graded(1, sample(1, 2)), true)))
                .startsWith("has no record of what its model sampled");
        assertThat(outputs(Settled.of(new OfRun(List.of(call(1, 2)), false), graded(1, sample(1, 2)), true))).containsExactly(2);
        assertThat(refusal(Settled.of(new OfRun(List.of(), true), graded(1, sample(1, 2)), false))).startsWith("sampled more than is kept");
    }
}
