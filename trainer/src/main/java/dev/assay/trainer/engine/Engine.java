// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.engine;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Does the arithmetic of one kind of models. Losses are none of its business: it says log-probabilities, and adds the gradient of
 * −Σ weight·ℓ. Weights and states are files, which it alone reads. Any of its methods may throw a {@link RefusedException}.
 */
public interface Engine {

    /** The kind of models, as training-service calls it. */
    String kind();

    /** Why there is nothing to be had of it here, for people; null: there is. */
    default @Nullable String unfitBecause() {
        return null;
    }

    /** A model that is trained from there on, with nothing added to its gradient. */
    Session begin(Start start) throws IOException;

    /** @param weights that were saved; null: the base's */
    Sampler sampler(String base, @Nullable Path weights) throws IOException;

    /**
     * Where a model is.
     *
     * @param base the weights that all began with
     * @param weights that it was forked with; null: the base's. They count where there is no state
     * @param state that was saved: weights, and what the optimizer remembers; null: it made no step yet
     */
    record Start(String base, @Nullable Path weights, @Nullable Path state) {}
}
