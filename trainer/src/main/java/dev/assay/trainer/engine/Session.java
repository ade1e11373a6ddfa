// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.engine;

import dev.assay.contracts.training.Call;
import dev.assay.contracts.training.Datum;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A model that is being trained: weights, moments, and the gradient of what was added since the last step. For one thread at a time. The
 * same from the same start, in the same order, gives the same to the last bit: what a trainer did that died is done again by another. A
 * session of which anything failed is not used again.
 */
public interface Session extends AutoCloseable {

    /** Says log-probabilities at every position of every datum. Changes nothing. */
    void forward(Datums datums, Listener listener) throws IOException;

    /** Adds the gradient of −Σ weight·ℓ. As many datums as suit it are computed at once; each is weighed in its turn. */
    void accumulate(Datums datums, Weighing weighing) throws IOException;

    /**
     * Makes one step of AdamW of what was added, and forgets that.
     *
     * @return the gradient's Euclidean norm; NaN: the engine is not told
     */
    double step(Call.Rate rate) throws IOException;

    /**
     * @param weights file to be written: what is sampled from
     * @param state file to be written: what {@link Engine#begin} goes on from
     */
    void save(Path weights, Path state) throws IOException;

    @Override
    void close();

    /** Datums, one after the other, in the order that they count in. */
    interface Datums {

        /** @return null behind the last */
        @Nullable Datum next() throws IOException;
    }

    /**
     * What a model says of a datum.
     *
     * @param logprobs ℓ of the target at each position, finite
     * @param entropies of the distribution there, in nats; NaN: the engine is not told
     */
    record Reading(double[] logprobs, double[] entropies) {}

    interface Listener {

        void hear(Datum datum, Reading reading) throws IOException;
    }

    interface Weighing {

        /**
         * @param reading right where the mask is more than 0; elsewhere an engine may leave out what nobody asks for
         * @return by how much each position counts, masked or not; 0: not at all
         */
        double[] weigh(Datum datum, Reading reading) throws IOException;
    }
}
