// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import dev.assay.training.tree.Checkpoint.WentIn;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/** What is on record of a step: all that was sent since the one before, together. */
final class StepRecord {

    private StepRecord() {}

    /** @param made what the trainer says of the step itself, which wins */
    static WentIn of(List<CallRow> gathered, CallRow step, Map<String, Double> made) {
        var metrics = together(gathered);
        var rewards = gathered.stream().flatMap(call -> call.asked().rewards().stream()).mapToDouble(Double::doubleValue).toArray();
        var spread = Spread.of(rewards);
        spread.ifPresent(one -> metrics.putAll(one.ofRewards()));
        metrics.putAll(made);
        var losses = new TreeSet<>(gathered.stream().map(call -> Objects.toString(call.asked().loss(), "")).toList());
        return new WentIn(
                rewards.length,
                gathered.stream().mapToInt(call -> call.asked().lengths().size()).sum(),
                gathered.stream().mapToLong(call -> call.asked().tokens()).sum(),
                spread.map(Spread::mean).orElse(null),
                Objects.requireNonNull(step.asked().rate()).learningRate(),
                String.join("+", losses),
                metrics);
    }

    /** Sums are added, the most of all is the most, and of means that one counts more that is of more tokens. */
    private static Map<String, Double> together(List<CallRow> gathered) {
        var together = new HashMap<String, Double>();
        var weights = new HashMap<String, Double>();
        for (var call : gathered) {
            var all = new HashMap<>(call.asked().statistics());
            all.putAll(call.metrics());
            all.putAll(call.asked().metrics());
            double weight = Math.max(1, call.metrics().getOrDefault("action_tokens:sum", (double) call.asked().tokens()));
            all.forEach((name, value) -> {
                if (name.endsWith(":sum") || name.equals("groups_with_spread")) {
                    together.merge(name, value, Double::sum);
                } else if (name.endsWith("_max")) {
                    together.merge(name, value, Math::max);
                } else if (name.endsWith("_min")) {
                    together.merge(name, value, Math::min);
                } else {
                    together.merge(name, value * weight, Double::sum);
                    weights.merge(name, weight, Double::sum);
                }
            });
        }
        weights.forEach((name, weight) -> together.computeIfPresent(name, (same, sum) -> sum / weight));
        return together;
    }
}
