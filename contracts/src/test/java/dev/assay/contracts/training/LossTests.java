// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.api.Test;

class LossTests {

    private static final double[] LOGPROBS = {-0.5, -1.0};
    private static final double[] SAMPLED = {-0.7, -0.9};

    @ParameterizedTest
    @CsvSource({
        "cross_entropy, 0.5, 1.5, -1, -1",
        "importance_sampling, 0.5, -1.0631201, -0.6107014, -0.4524187",
        "importance_sampling, -0.5, 1.0631201, 0.6107014, 0.4524187",
        "ppo, 0.5, -1.0524187, 0, -0.4524187",
        "ppo, -0.5, 1.0631201, 0.6107014, 0.4524187",
        "cispo, 0.5, 0.7524187, -0.6, -0.4524187",
        "cispo, -0.5, -0.7524187, 0.6, 0.4524187",
        "dro, 0.5, 0.75125, -0.49, -0.505",
        "dro, -0.5, -0.74875, 0.51, 0.495"})
    void isWorthWhatItsFormulaSays(String name, double advantage, double cost, double first, double second) {
        var loss = Loss.named(name, Map.of());
        double sum = 0;
        for (int i = 0; i < 2; i++) {
            sum += loss.cost(LOGPROBS[i], SAMPLED[i], advantage);
        }
        assertThat(sum).isCloseTo(cost, within(1e-7));
        assertThat(-loss.weight(LOGPROBS[0], SAMPLED[0], advantage)).isCloseTo(first, within(1e-7));
        assertThat(-loss.weight(LOGPROBS[1], SAMPLED[1], advantage)).isCloseTo(second, within(1e-7));
    }

    /** Of cispo the ratio is fixed while ℓ is not: its cost there is that of the weight. */
    @Test
    void weighsATokenByTheSlopeOfItsCost() {
        RandomGenerator drawn = RandomGeneratorFactory.of("L64X128MixRandom").create(7);
        double step = 1e-6;
        for (var name : Loss.NAMES) {
            var loss = Loss.named(name, Map.of());
            for (int i = 0; i < 1000; i++) {
                double logprob = -5 * drawn.nextDouble();
                double sampled = logprob + drawn.nextGaussian() / 4;
                double advantage = drawn.nextGaussian();
                double ratio = Math.exp(logprob - sampled);
                if (Math.abs(ratio - 0.8) < 1e-3 || Math.abs(ratio - 1.2) < 1e-3) {
                    continue; // a corner
                }
                double slope = name.equals("cispo")
                        ? -Math.clamp(ratio, 0.8, 1.2) * advantage
                        : (loss.cost(logprob + step, sampled, advantage) - loss.cost(logprob - step, sampled, advantage)) / (2 * step);
                assertThat(-loss.weight(logprob, sampled, advantage)).as("%s at %s, %s, %s", name, logprob, sampled, advantage)
                        .isCloseTo(slope, within(1e-5));
            }
        }
    }

    @Test
    void boundsAreTwoThresholdsOrOneEpsilon() {
        assertThat(Loss.named("ppo", Map.of("epsilon", 0.25))).isEqualTo(new Loss.Ppo(0.75, 1.25));
        assertThat(Loss.named("cispo", Map.of("clip_low_threshold", 0.0, "clip_high_threshold", 4.0))).isEqualTo(new Loss.Cispo(0, 4));
        assertThat(Loss.named("dro", Map.of("beta", 0.1))).isEqualTo(new Loss.Dro(0.1));
    }

    @Test
    void whatItDoesNotKnowIsRefusedByName() {
        assertThatThrownBy(() -> Loss.named("grpo", Map.of())).hasMessageContaining("grpo").hasMessageContaining("importance_sampling");
        assertThatThrownBy(() -> Loss.named("ppo", Map.of("clip", 0.2))).hasMessageContaining("'clip'").hasMessageContaining("epsilon");
        assertThatThrownBy(() -> Loss.named("cross_entropy", Map.of("beta", 1.0))).hasMessageContaining("'beta'").hasMessageContaining("none");
        assertThatThrownBy(() -> Loss.named("ppo", Map.of("epsilon", 0.2, "clip_low_threshold", 0.5))).hasMessageContaining("not both");
        assertThatThrownBy(() -> Loss.named("ppo", Map.of("epsilon", -0.2))).hasMessageContaining("1.2");
        assertThatThrownBy(() -> Loss.named("dro", Map.of("beta", -1.0))).hasMessageContaining("-1.0");
    }
}
