// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.batch;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A loss of the caller's own: by how much it falls as each log-probability rises.
 *
 * @param forward whose log-probabilities they are
 * @param lengths how many there are for each datum
 * @param metrics the caller's, which are given back
 * @param weights blob of them
 */
public record GivenWeights(UUID forward, List<Integer> lengths, Map<String, Double> metrics, String weights) {

    GivenWeights(Read read, String weights) {
        this(read.forward, read.lengths, read.metrics, weights);
    }

    record Read(UUID forward, List<Integer> lengths, Map<String, Double> metrics) {}
}
