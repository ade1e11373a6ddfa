// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.call;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.assay.contracts.training.Chunk;
import dev.assay.contracts.training.Datum;
import dev.assay.contracts.training.Loss;
import dev.assay.trainer.engine.Session.Reading;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two action tokens with ℓ = [−0.5, −1.0] and q = [−0.7, −0.9], between others that do not count. */
class TallyTests {

    private static final Datum DATUM = new Datum(
            0, List.of(new Chunk.Text(1, 2, 3, 4)), new int[] {2, 3, 4, 5}, new float[] {0, 1, 1, 0}, new float[] {0, -0.7f, -0.9f, 0});
    private static final Reading READING = new Reading(new double[] {-9, -0.5, -1.0, -9}, new double[] {7, 0.5, 1.5, 7});

    private static Map<String, Double> metrics(Loss loss, Datum datum, double advantage) {
        var tally = new Tally(loss);
        tally.add(datum, READING, advantage);
        return tally.metrics();
    }

    @Test
    void theLossIsASumOverActionTokens() {
        var expected = Map.of(
                "cross_entropy", 1.5, "importance_sampling", -1.0631201, "ppo", -1.0524187, "cispo", 0.7524187, "dro", 0.75125);
        expected.forEach((name, cost) -> assertThat(metrics(Loss.named(name, Map.of()), DATUM, 0.5).get("loss:sum"))
                .as(name).isCloseTo(cost, within(1e-6)));
    }

    @Test
    void howFarItIsFromTheSamplingPolicyIsSaid() {
        var metrics = metrics(Loss.named("ppo", Map.of()), DATUM, 0.5);
        assertThat(metrics.get("kl_sample_train_v1")).isCloseTo(-0.05, within(1e-6));
        assertThat(metrics.get("kl_sample_train_v2")).isCloseTo(0.0125, within(1e-6));
        assertThat(metrics.get("ratio_mean")).isCloseTo((1.2214028 + 0.9048374) / 2, within(1e-6));
        assertThat(metrics.get("ratio_max")).isCloseTo(1.2214028, within(1e-6));
        assertThat(metrics.get("sampling_logprob_mean")).isCloseTo(-0.8, within(1e-6));
        assertThat(metrics).containsEntry("clip_fraction", 0.5).containsEntry("entropy", 1.0).containsEntry("total_tokens:sum", 4.0)
                .containsEntry("action_tokens:sum", 2.0);
    }

    @Test
    void whatWouldBeNoNumberIsLeftOut() {
        var unsampled = new Datum(0, DATUM.input(), DATUM.targets(), DATUM.mask(), new float[4]);
        assertThat(metrics(Loss.named("cross_entropy", Map.of()), unsampled, 0))
                .containsOnlyKeys("loss:sum", "total_tokens:sum", "action_tokens:sum", "entropy");
        assertThat(new Tally(null).metrics()).containsOnlyKeys("total_tokens:sum", "action_tokens:sum");
    }
}
