// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.training;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a training step makes small: a sum over the tokens that were sampled, of all datums, with no mean and no other term. Of one token,
 * ℓ is its log-probability under the weights that are trained, q the one that it was sampled with, r = exp(ℓ − q), and A its advantage.
 * As published by Tinker (tinker-docs.thinkingmachines.ai/losses).
 */
public sealed interface Loss {

    /** Their names, as the published client asks for them. */
    List<String> NAMES = List.of("cross_entropy", "importance_sampling", "ppo", "cispo", "dro");

    /** One token's part of the sum. */
    double cost(double logprob, double sampled, double advantage);

    /** By how much the sum falls as this token's ℓ rises: −∂C/∂ℓ. The gradient of −Σ weight·ℓ, the weight being fixed, is the sum's. */
    double weight(double logprob, double sampled, double advantage);

    /** Whether q counts, so that it must be there. */
    default boolean needsSampled() {
        return true;
    }

    /** Maximum likelihood: −ℓ. It asks for no reward. */
    record CrossEntropy() implements Loss {

        @Override
        public double cost(double logprob, double sampled, double advantage) {
            return -logprob;
        }

        @Override
        public double weight(double logprob, double sampled, double advantage) {
            return 1;
        }

        @Override
        public boolean needsSampled() {
            return false;
        }
    }

    /** REINFORCE with the ratio of the two policies: −r·A. */
    record ImportanceSampling() implements Loss {

        @Override
        public double cost(double logprob, double sampled, double advantage) {
            return -ratio(logprob, sampled) * advantage;
        }

        @Override
        public double weight(double logprob, double sampled, double advantage) {
            return ratio(logprob, sampled) * advantage;
        }
    }

    /** −min(r·A, clip(r)·A) (arXiv 1707.06347): what leads further than the bounds counts no more. */
    record Ppo(double low, double high) implements Loss {

        @Override
        public double cost(double logprob, double sampled, double advantage) {
            var ratio = ratio(logprob, sampled);
            return -Math.min(ratio * advantage, Math.clamp(ratio, low, high) * advantage);
        }

        @Override
        public double weight(double logprob, double sampled, double advantage) {
            var ratio = ratio(logprob, sampled);
            return ratio * advantage <= Math.clamp(ratio, low, high) * advantage ? ratio * advantage : 0;
        }
    }

    /** −clip(r)·ℓ·A, the clipped ratio being fixed (arXiv 2506.13585): every token counts, at most so much. */
    record Cispo(double low, double high) implements Loss {

        @Override
        public double cost(double logprob, double sampled, double advantage) {
            return -Math.clamp(ratio(logprob, sampled), low, high) * logprob * advantage;
        }

        @Override
        public double weight(double logprob, double sampled, double advantage) {
            return Math.clamp(ratio(logprob, sampled), low, high) * advantage;
        }
    }

    /** −(ℓ·A − ½β(ℓ − q)²) (arXiv 2405.19107): drawn back to where it was sampled. */
    record Dro(double beta) implements Loss {

        @Override
        public double cost(double logprob, double sampled, double advantage) {
            var away = logprob - sampled;
            return -(logprob * advantage - beta / 2 * away * away);
        }

        @Override
        public double weight(double logprob, double sampled, double advantage) {
            return advantage - beta * (logprob - sampled);
        }
    }

    private static double ratio(double logprob, double sampled) {
        return Math.exp(logprob - sampled);
    }

    /**
     * @param config a ratio's bounds for {@code ppo} and {@code cispo}: {@code clip_low_threshold} (0.8) and {@code clip_high_threshold} (1.2), or
     *     {@code epsilon}, 1 ∓ which they then are; {@code beta} (0.05) for {@code dro}
     * @throws IllegalArgumentException what is wrong, for whoever asked
     */
    static Loss named(String name, Map<String, Double> config) {
        return switch (name) {
            case "cross_entropy" -> of(config, Set.of(), new CrossEntropy());
            case "importance_sampling" -> of(config, Set.of(), new ImportanceSampling());
            case "ppo" -> {
                var bounds = Bounds.in(config);
                yield new Ppo(bounds.low, bounds.high);
            }
            case "cispo" -> {
                var bounds = Bounds.in(config);
                yield new Cispo(bounds.low, bounds.high);
            }
            case "dro" -> of(config, Set.of("beta"), new Dro(beta(config)));
            default -> throw new IllegalArgumentException("loss_fn: there is no '" + name + "', but " + String.join(", ", NAMES));
        };
    }

    private static double beta(Map<String, Double> config) {
        double beta = config.getOrDefault("beta", 0.05);
        if (!(beta >= 0)) {
            throw new IllegalArgumentException("loss_fn_config.beta: must be 0 or more, not " + beta);
        }
        return beta;
    }

    private static Loss of(Map<String, Double> config, Set<String> known, Loss loss) {
        refuseOthers(config, known);
        return loss;
    }

    private static void refuseOthers(Map<String, Double> config, Set<String> known) {
        for (var key : config.keySet()) {
            if (!known.contains(key)) {
                throw new IllegalArgumentException("loss_fn_config: this loss knows no '" + key + "', "
                        + (known.isEmpty() ? "and takes none" : "but " + String.join(", ", new TreeSet<>(known))));
            }
        }
    }

    /** Between which a ratio counts. */
    record Bounds(double low, double high) {

        private static final String LOW = "clip_low_threshold";
        private static final String HIGH = "clip_high_threshold";
        private static final String EPSILON = "epsilon";

        private static Bounds in(Map<String, Double> config) {
            refuseOthers(config, Set.of(LOW, HIGH, EPSILON));
            var epsilon = config.get(EPSILON);
            if (epsilon != null && (config.containsKey(LOW) || config.containsKey(HIGH))) {
                throw new IllegalArgumentException("loss_fn_config: takes 'epsilon' or the two thresholds, not both");
            }
            double low = epsilon == null ? config.getOrDefault(LOW, 0.8) : 1 - epsilon;
            double high = epsilon == null ? config.getOrDefault(HIGH, 1.2) : 1 + epsilon;
            if (!(low >= 0 && low <= high && high < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("loss_fn_config: a ratio counts from " + LOW + ", 0 or more, to " + HIGH + ", not from "
                        + low + " to " + high);
            }
            return new Bounds(low, high);
        }
    }
}
