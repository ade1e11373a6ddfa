// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.toy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.contracts.training.Call;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PolicyTests {

    private static final Call.Rate RATE = new Call.Rate(0.5, 0.9, 0.95, 1e-8, 0);

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(11);

    private static int[] question(String text) {
        return IntStream.concat(
                        IntStream.concat(IntStream.of(Vocabulary.USER), Arrays.stream(Vocabulary.tokens(text))),
                        IntStream.of(Vocabulary.END, Vocabulary.ASSISTANT))
                .toArray();
    }

    private static int[] rows(int... tokens) {
        return new Features().of(tokens, tokens.length);
    }

    private static int[] and(int[] tokens, int next) {
        var longer = Arrays.copyOf(tokens, tokens.length + 1);
        longer[tokens.length] = next;
        return longer;
    }

    @Test
    void atFirstItAnswersWithAnyDigitAndNoMore() {
        var base = Policy.base();
        var asked = question("What is 3 + 4?");
        var first = base.logprobs(rows(asked));
        for (int digit = '0'; digit <= '9'; digit++) {
            assertThat(Math.exp(first[digit])).isCloseTo(0.1, within(1e-4));
        }
        assertThat(Math.exp(base.logprobs(rows(and(asked, '7')))[Vocabulary.END])).isGreaterThan(0.9999);
        assertThat(Arrays.stream(first).map(Math::exp).sum()).isCloseTo(1, within(1e-12));
    }

    @Test
    void whereSomethingCanBeCalledItIsOneOfTheseOrADigitOrNothing() {
        var base = Policy.base();
        var asked = question("Your move.");
        asked[asked.length - 1] = Vocabulary.ACTING + 4;
        var first = base.logprobs(rows(asked));
        for (int choice = 0; choice < 4; choice++) {
            assertThat(Math.exp(first[Vocabulary.CALL + choice])).isCloseTo(1.0 / 6, within(1e-4));
        }
        assertThat(Math.exp(first[Vocabulary.END])).isCloseTo(1.0 / 6, within(1e-4));
        assertThat(IntStream.rangeClosed('0', '9').mapToDouble(digit -> Math.exp(first[digit])).sum()).isCloseTo(1.0 / 6, within(1e-4));
        assertThat(Math.exp(first[Vocabulary.CALL + 4])).isLessThan(1e-6);
        assertThat(Math.exp(base.logprobs(rows(and(asked, Vocabulary.CALL + 3)))[Vocabulary.END])).isGreaterThan(0.9999);
    }

    @Test
    void whatIsSeenOfAPlaceDoesNotDependOnHowItWasCome() {
        var first = IntStream.of(question("three words here"));
        var conversation = IntStream.concat(first, IntStream.of(question("7 and more words"))).toArray();
        var walking = new Features();
        for (int length = 0; length <= conversation.length; length++) {
            assertThat(walking.of(conversation, length)).isEqualTo(new Features().of(conversation, length));
        }
    }

    @Test
    void itsGradientIsTheSlope() {
        var asked = question("What is 3 + 4?");
        var rows = rows(asked);
        var table = new Table();
        for (int row : rows) {
            var there = table.touch(row);
            for (int i = 0; i < there.length; i++) {
                there[i] = (float) random.nextGaussian();
            }
        }
        var policy = new Policy(table);
        var gradient = new Gradient();
        policy.accumulate(rows, '7', 0.5, gradient);
        for (int i = 0; i < 50; i++) {
            int row = rows[random.nextInt(rows.length)];
            int token = random.nextInt(Vocabulary.SIZE);
            var numbers = table.touch(row);
            float before = numbers[token];
            float step = 1e-2f;
            numbers[token] = before + step;
            double up = -0.5 * policy.logprobs(rows)['7'];
            numbers[token] = before - step;
            double down = -0.5 * policy.logprobs(rows)['7'];
            numbers[token] = before;
            assertThat(gradient.touch(row)[token]).isCloseTo((up - down) / (2 * step), within(1e-4));
        }
    }

    @Test
    void aRowThatNothingWasAddedToStaysAsItIs() {
        var policy = Policy.base();
        var adam = Adam.fresh();
        var rows = rows(question("What is 3 + 4?"));
        int before = policy.table().count();
        for (int step = 0; step < 3; step++) {
            var gradient = new Gradient();
            policy.accumulate(rows, '7', 1, gradient);
            adam = adam.step(policy.table(), gradient, RATE);
        }
        assertThat(adam.first().count()).isEqualTo(rows.length);
        assertThat(policy.table().count()).isEqualTo(before + rows.length - 1); // the base knows the mark before an answer
        assertThat(policy.table().row(Features.before('3'))).isEqualTo(Policy.base().table().row(Features.before('3')));
    }

    @Test
    void weightsDecayWhetherOrNotSomethingIsAddedToThem() {
        var policy = Policy.base();
        Adam.fresh().step(policy.table(), new Gradient(), new Call.Rate(0.5, 0.9, 0.95, 1e-8, 0.1));
        assertThat(policy.table().touch(Features.before('3'))[Vocabulary.END]).isEqualTo(320 * 0.95f);
    }

    /** Both moments, unbiased, are at first the gradient and its square. */
    @Test
    void theFirstStepIsAsLongAsTheLearningRate() {
        var table = new Table();
        var gradient = new Gradient();
        gradient.touch(7)[3] = 0.25;
        gradient.touch(7)[4] = -40;
        var adam = Adam.fresh().step(table, gradient, RATE);
        assertThat(table.touch(7)[3]).isCloseTo(-0.5f, within(1e-6f));
        assertThat(table.touch(7)[4]).isCloseTo(0.5f, within(1e-6f));
        assertThat(adam.first().touch(7)[3]).isEqualTo(0.025f);
        assertThat(adam.second().touch(7)[4]).isCloseTo(80, within(1e-4f));
    }

    /** The loop of training, without anything around it. */
    @Test
    void itLearnsToAddInTensOfSteps() {
        var policy = Policy.base();
        var adam = Adam.fresh();
        double reward = 0;
        for (int step = 0; step < 30; step++) {
            var gradient = new Gradient();
            double sum = 0;
            for (int a = 0; a < 4; a++) {
                var rows = rows(question("What is " + a + " + 3?"));
                List<Integer> answers = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    answers.add(sampled(policy.logprobs(rows)));
                }
                int right = '0' + a + 3;
                double mean = answers.stream().mapToDouble(answer -> answer == right ? 1 : 0).average().orElseThrow();
                for (int answer : answers) {
                    policy.accumulate(rows, answer, (answer == right ? 1 : 0) - mean, gradient);
                }
                sum += mean / 4;
            }
            adam = adam.step(policy.table(), gradient, RATE);
            reward = sum;
        }
        assertThat(reward).isGreaterThan(0.9);
    }

    private int sampled(double[] logprobs) {
        double left = random.nextDouble();
        int token = -1;
        while (left >= 0 && token < logprobs.length - 1) {
            left -= Math.exp(logprobs[++token]);
        }
        return token;
    }
}
