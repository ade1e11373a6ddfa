// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.training;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a model is told. Blobs are fetched from {@code GET /internal/training/blobs/{sha256}}.
 *
 * @param kind {@code forward_backward}: add the gradient of a loss; {@code forward}: say log-probabilities; {@code backward}: add the gradient of
 *     −Σ weight·ℓ; {@code optim_step}: make a step of what was added
 * @param datums blob of a {@link DatumFile}; null for a step. Of a backward they are its forward's
 * @param loss the loss's name ({@link Loss#named}); null but for a forward_backward
 * @param config the loss's
 * @param advantages of each trajectory, by its place ({@link Datum#trajectory}); empty but for a forward_backward
 * @param substeps in how many parts its datums are computed, one after the other; the sum is the same
 * @param weights of a backward: blob of 32-bit floats, big-endian, one for each position of each datum, in order
 * @param rate of a step
 */
public record Call(
        UUID id,
        String kind,
        @Nullable String datums,
        @Nullable String loss,
        Map<String, Double> config,
        List<Double> advantages,
        int substeps,
        @Nullable String weights,
        @Nullable Rate rate) {

    public static final String FORWARD_BACKWARD = "forward_backward";
    public static final String FORWARD = "forward";
    public static final String BACKWARD = "backward";
    public static final String OPTIM_STEP = "optim_step";

    /**
     * Of a step of AdamW (arXiv 1711.05101).
     *
     * @param learningRate more than 0
     * @param weightDecay a part of each weight that is taken off, times the learning rate
     */
    public record Rate(double learningRate, double beta1, double beta2, double eps, double weightDecay) {}
}
