// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.call;

import dev.assay.contracts.RunId;
import dev.assay.contracts.training.Call.Rate;
import dev.assay.training.batch.Batch;
import dev.assay.training.batch.BatchSettings;
import dev.assay.training.datum.Advantages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a call asks, beside its datums; as the database keeps it.
 *
 * @param loss null but for a forward_backward and a backward, whose is {@code custom}
 * @param config the loss's own
 * @param groupSize null: all inputs are one group
 * @param rewardScale by which rewards are multiplied
 * @param rewards of each input, as graded
 * @param traces of each input; null: it did not say
 * @param advantages of each input; empty but for a forward_backward
 * @param lengths of each datum
 * @param tokens of all datums
 * @param rate of an optim_step
 * @param metrics the caller's own
 */
record Asked(
        @Nullable String loss,
        Map<String, Double> config,
        @Nullable Integer groupSize,
        double rewardScale,
        int substeps,
        List<Double> rewards,
        List<@Nullable RunId> traces,
        List<Double> advantages,
        List<Integer> lengths,
        long tokens,
        @Nullable Rate rate,
        Map<String, Double> metrics) {

    static final String DEFAULT_LOSS = "importance_sampling";
    static final String CUSTOM = "custom";

    /** Of any loss: whether advantages are divided by their group's spread. */
    private static final String NORMALIZED = "normalize_std";

    static Asked forward(Batch batch) {
        return of(batch, null, Map.of(), List.of());
    }

    /** The batch's advantages are made here: one for each input. */
    static Asked forwardBackward(Batch batch) {
        var said = batch.settings();
        var rewards = batch.rewards().stream().mapToDouble(Double::doubleValue).toArray();
        var advantages = Advantages.of(rewards, batch.groupSize(), said.rewardScale(), said.lossFnConfig().getOrDefault(NORMALIZED, 0.0) > 0);
        return of(batch, loss(said), ownConfig(said), Arrays.stream(advantages).boxed().toList());
    }

    static String loss(BatchSettings said) {
        return said.lossFn() == null ? DEFAULT_LOSS : said.lossFn();
    }

    /** What is the loss's of its config. */
    static Map<String, Double> ownConfig(BatchSettings said) {
        var own = new HashMap<>(said.lossFnConfig());
        own.remove(NORMALIZED);
        return own;
    }

    private static Asked of(Batch batch, @Nullable String loss, Map<String, Double> config, List<Double> advantages) {
        var said = batch.settings();
        return new Asked(loss, config, said.groupSize(), said.rewardScale(), said.substeps(), batch.rewards(), batch.traces(), advantages,
                batch.lengths(), batch.tokens(), null, Map.of());
    }

    static Asked step(Rate rate) {
        return new Asked(null, Map.of(), null, 1, 1, List.of(), List.of(), List.of(), List.of(), 0, rate, Map.of());
    }

    /** What went into a forward, with a loss of the caller's own. */
    Asked backward(Map<String, Double> metrics) {
        return new Asked(CUSTOM, Map.of(), groupSize, rewardScale, 1, rewards, traces, List.of(), lengths, tokens, null, metrics);
    }

    /** What of rewards is worth knowing when one looks at a batch. Rewards are as graded, advantages as they were used. */
    Map<String, Double> statistics() {
        var known = new HashMap<String, Double>();
        var all = rewards.stream().mapToDouble(Double::doubleValue).toArray();
        Spread.of(all).ifPresent(spread -> known.putAll(spread.ofRewards()));
        if (!advantages.isEmpty()) {
            Spread.of(advantages.stream().mapToDouble(Double::doubleValue).toArray()).ifPresent(spread -> known.put("advantage_std", spread.deviation()));
            known.put("groups_with_spread", (double) Advantages.groupsWithSpread(all, groupSize == null ? all.length : groupSize));
        }
        return known;
    }

    /** Those that say which run they are of. */
    List<RunId> knownTraces() {
        var known = new ArrayList<RunId>();
        for (var trace : traces) {
            if (trace != null) {
                known.add(trace);
            }
        }
        return known;
    }
}
