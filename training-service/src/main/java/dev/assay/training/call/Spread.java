// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/** Of some numbers: mean, standard deviation (of them all: n, not n − 1), least, most. */
record Spread(double mean, double deviation, double least, double most) {

    /** As it is told of rewards. */
    Map<String, Double> ofRewards() {
        return Map.of("reward_mean", mean, "reward_std", deviation, "reward_min", least, "reward_max", most);
    }

    /** Empty of none. */
    static Optional<Spread> of(double[] numbers) {
        if (numbers.length == 0) {
            return Optional.empty();
        }
        double mean = Arrays.stream(numbers).average().orElseThrow();
        double variance = Arrays.stream(numbers).map(number -> (number - mean) * (number - mean)).average().orElseThrow();
        return Optional.of(new Spread(mean, Math.sqrt(variance), Arrays.stream(numbers).min().orElseThrow(), Arrays.stream(numbers).max().orElseThrow()));
    }
}
