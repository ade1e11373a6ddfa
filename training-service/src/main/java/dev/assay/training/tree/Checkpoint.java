// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.tree;

import dev.assay.contracts.ModelId;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A model after a step.
 *
 * @param parent what it was trained from; null: the model's first weights
 * @param step its number, of all that the model has made
 * @param weights blob of what is sampled from
 * @param state blob of what training goes on from
 * @param went what went into it
 */
public record Checkpoint(
        UUID id, ModelId model, @Nullable UUID parent, int step, String weights, String state, Instant createdAt, WentIn went) {

    /**
     * All that was sent since the step before.
     *
     * @param traces how many inputs
     * @param datums of how many sequences
     * @param tokens of these
     * @param meanReward null: nothing that was sent had any
     * @param lossFn of several, all their names
     */
    public record WentIn(
            int traces, int datums, long tokens, @Nullable Double meanReward, double learningRate, String lossFn, Map<String, Double> metrics) {}

    public String name() {
        return "step-" + step;
    }

    /** What a request may pin. */
    public String checkpointName(String slug) {
        return slug + ":" + step;
    }

    public String samplerPath() {
        return path() + "/weights";
    }

    public String statePath() {
        return path() + "/state";
    }

    private String path() {
        return "assay://models/" + model + "/checkpoints/" + id;
    }
}
