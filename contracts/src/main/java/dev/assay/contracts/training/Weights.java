// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.training;

import dev.assay.contracts.ModelId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /internal/training/models/{id}/weights?checkpoint=…}: what a model is sampled from, at this moment: its head, or the checkpoint that
 * was asked for by id, {@code name} or {@code checkpoint_name}. 404: there is no such model or checkpoint.
 *
 * @param slug what clients call it
 * @param kind which trainer's the model is
 * @param base what that trainer calls the weights that all began with
 * @param checkpoint null: the model's first weights
 * @param checkpointName of it
 * @param weights blob of the weights; null: the base's
 */
public record Weights(
        ModelId model, String slug, String kind, String base,
        @Nullable UUID checkpoint, @Nullable String checkpointName, @Nullable String weights) {}
