// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.training;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of a call. Answered with 204, again and again if it is told again; 409: the lease was another's by then, and nothing of it counts.
 *
 * @param attempt the lease's
 * @param failure it cannot be done, and why; null: it is done. Nothing of it is in the model then
 * @param metrics finite numbers by their name; empty for a failure
 * @param moves whether anything was added to the gradient: false if all of it was 0
 * @param logprobs of a forward: blob of 32-bit floats, big-endian: ℓ of the target at each position of each datum, in order, all finite
 * @param checkpoint of a step
 */
public record CallOutcome(
        int attempt,
        @Nullable Failure failure,
        Map<String, Double> metrics,
        boolean moves,
        @Nullable String logprobs,
        @Nullable Saved checkpoint) {

    /**
     * @param status of the answer to whoever called: 400, 413, 422 if what was sent is to blame, 500 if not
     * @param detail a sentence for people
     */
    public record Failure(int status, String detail) {}

    /**
     * What was put ({@code PUT /internal/training/blobs}, which answers with its {@code sha256}) before this was told.
     *
     * @param weights blob of what is sampled from
     * @param state blob of what training goes on from: weights, moments
     */
    public record Saved(String weights, String state) {}
}
