// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.tree;

import dev.assay.contracts.ModelId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A model whose weights a trainer has.
 *
 * @param trainer which kind of
 * @param base what that trainer calls the weights that all began with
 * @param steps how many it has made, on whatever branch
 * @param head the checkpoint that it serves; null: its first weights
 * @param weights blob of its first weights; null: the base's
 */
public record Learner(
        ModelId id, String slug, String trainer, String base, int steps, @Nullable UUID head, @Nullable String weights) {}
