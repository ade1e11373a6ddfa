// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.tree;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A checkpoint as the API shows it.
 *
 * @param name for people
 * @param checkpointName what a request may pin
 * @param prevModelCheckpointId what it was trained from; null: the model's first weights
 * @param isActive whether it is what the model serves
 * @param numTraces how many inputs went into its step, of how many sequences and sampled tokens
 * @param meanReward of these inputs; null: they had none
 */
@JsonNaming(SnakeCaseStrategy.class)
record CheckpointView(
        UUID id, String name, String checkpointName, @Nullable UUID prevModelCheckpointId, boolean isActive, Instant createdAt, int numTraces,
        int numDatums, long numTokens, @Nullable Double meanReward, double learningRate, String lossFn, Map<String, Double> metrics) {}
