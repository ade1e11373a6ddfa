// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.call;

import dev.assay.contracts.training.Datum;
import dev.assay.contracts.training.Loss;
import dev.assay.trainer.engine.Session.Reading;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is told of datums that were learnt from. Of one action token ℓ is its log-probability now, q the one that it was sampled with, r =
 * exp(ℓ − q): {@code kl_sample_train_v1} is the mean of q − ℓ and {@code kl_sample_train_v2} that of ½(q − ℓ)², which estimate how far the
 * model is from the one that sampled (joschu.net/blog/kl-approx.html, k1 and k2). What would be no number is left out.
 */
final class Tally {

    private final @Nullable Loss loss;
    private double cost;
    private long tokens;
    private long actions;
    private double entropy;
    private long known;
    private double sampled;
    private double ratio;
    private double mostRatio;
    private double away;
    private double squares;
    private long clipped;

    /** @param loss null: it is nobody's here */
    Tally(@Nullable Loss loss) {
        this.loss = loss;
    }

    void add(Datum datum, Reading reading, double advantage) {
        tokens += datum.length();
        for (int position = 0; position < datum.length(); position++) {
            if (datum.mask()[position] > 0) {
                add(reading.logprobs()[position], datum.sampled()[position], advantage);
                entropy += reading.entropies()[position];
            }
        }
    }

    private void add(double logprob, double q, double advantage) {
        actions++;
        cost += loss == null ? 0 : loss.cost(logprob, q, advantage);
        if (q == 0) {
            return; // nobody kept it
        }
        known++;
        sampled += q;
        double r = Math.exp(logprob - q);
        ratio += r;
        mostRatio = Math.max(mostRatio, r);
        away += q - logprob;
        squares += (q - logprob) * (q - logprob) / 2;
        clipped += switch (loss) {
            case Loss.Ppo(double low, double high) when r < low || r > high -> 1;
            case Loss.Cispo(double low, double high) when r < low || r > high -> 1;
            case null, default -> 0;
        };
    }

    Map<String, Double> metrics() {
        Map<String, Double> metrics = new TreeMap<>();
        if (loss != null) {
            metrics.put("loss:sum", cost);
        }
        metrics.put("total_tokens:sum", (double) tokens);
        metrics.put("action_tokens:sum", (double) actions);
        metrics.put("entropy", entropy / actions);
        metrics.put("sampling_logprob_mean", sampled / known);
        metrics.put("ratio_mean", ratio / known);
        metrics.put("ratio_max", known == 0 ? Double.NaN : mostRatio);
        metrics.put("kl_sample_train_v1", away / known);
        metrics.put("kl_sample_train_v2", squares / known);
        if (loss instanceof Loss.Ppo || loss instanceof Loss.Cispo) {
            metrics.put("clip_fraction", (double) clipped / known);
        }
        metrics.values().removeIf(number -> !Double.isFinite(number));
        return metrics;
    }
}
