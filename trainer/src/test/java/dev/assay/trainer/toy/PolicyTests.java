// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.toy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.trainer.Adam;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;

class PolicyTests {

    private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(11);

    private static int[] question(String text) {
        var words = Vocabulary.tokens(text);
        var tokens = new int[words.length + 3];
        tokens[0] = Vocabulary.USER;
        System.arraycopy(words, 0, tokens, 1, words.length);
        tokens[words.length + 1] = Vocabulary.END;
        tokens[words.length + 2] = Vocabulary.ASSISTANT;
        return tokens;
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
        var first = base.logprobs(asked, asked.length);
        for (int digit = '0'; digit <= '9'; digit++) {
            assertThat(Math.exp(first[digit])).isCloseTo(0.1, within(0.02));
        }
        var answered = and(asked, '7');
        assertThat(Math.exp(base.logprobs(answered, answered.length)[Vocabulary.END])).isGreaterThan(0.98);
        assertThat(Arrays.stream(first).map(Math::exp).sum()).isCloseTo(1, within(1e-12));
    }

    @Test
    void itsGradientIsTheSlope() {
        var table = new float[Features.ROWS * Vocabulary.SIZE];
        for (int i = 0; i < table.length; i++) {
            table[i] = (float) random.nextGaussian();
        }
        var asked = question("What is 3 + 4?");
        var gradient = new double[table.length];
        new Policy(table).accumulate(asked, asked.length, '7', 0.5, gradient);
        var rows = Features.of(asked, asked.length);
        for (int i = 0; i < 50; i++) {
            int at = rows[random.nextInt(rows.length)] * Vocabulary.SIZE + random.nextInt(Vocabulary.SIZE);
            float before = table[at];
            float step = 1e-2f;
            table[at] = before + step;
            double up = -0.5 * new Policy(table).logprobs(asked, asked.length)['7'];
            table[at] = before - step;
            double down = -0.5 * new Policy(table).logprobs(asked, asked.length)['7'];
            table[at] = before;
            assertThat(gradient[at]).isCloseTo((up - down) / (2 * step), within(1e-4));
        }
    }

    /** The loop of training, without anything around it. */
    @Test
    void itLearnsToAddInTensOfSteps() {
        var policy = Policy.base();
        var adam = Adam.fresh(policy.table().length);
        double reward = 0;
        for (int step = 0; step < 30; step++) {
            var gradient = new double[policy.table().length];
            double sum = 0;
            for (int a = 0; a < 4; a++) {
                var asked = question("What is " + a + " + 3?");
                List<Integer> answers = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    answers.add(policy.sample(asked, asked.length, random));
                }
                int right = '0' + a + 3;
                double mean = answers.stream().mapToDouble(answer -> answer == right ? 1 : 0).average().orElseThrow();
                for (int answer : answers) {
                    policy.accumulate(asked, asked.length, answer, (answer == right ? 1 : 0) - mean, gradient);
                }
                sum += mean / 4;
            }
            adam = adam.step(policy.table(), gradient, new Adam.Rate(0.5, 0.9, 0.95, 1e-8, 0));
            reward = sum;
        }
        assertThat(reward).isGreaterThan(0.9);
    }
}
