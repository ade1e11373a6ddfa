// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.tree;

import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * A checkpoint as the API shows it.
 *
 * @param prevModelCheckpointId what it was trained from; null: the model's first weights
 * @param isActive whether it is what the model serves
 * @param numTraces how many inputs went into its step
 * @param meanReward of these inputs; null: they had none
 */
@Schema(name = "Checkpoint")
@JsonNaming(SnakeCaseStrategy.class)
public record CheckpointView(
        UUID id,
        String name,
        @Schema(description = "What a request may pin") String checkpointName,
        @Nullable UUID prevModelCheckpointId,
        boolean isActive,
        Instant createdAt,
        int numTraces,
        int numDatums,
        long numTokens,
        @Nullable Double meanReward,
        double learningRate,
        String lossFn,
        Map<String, Double> metrics) {

    public static CheckpointView of(Checkpoint checkpoint, String slug, @Nullable UUID head) {
        var went = checkpoint.went();
        return new CheckpointView(
                checkpoint.id(), checkpoint.name(), checkpoint.checkpointName(slug), checkpoint.parent(), checkpoint.id().equals(head),
                checkpoint.createdAt(), went.traces(), went.datums(), went.tokens(), went.meanReward(), went.learningRate(), went.lossFn(),
                went.metrics());
    }
}
