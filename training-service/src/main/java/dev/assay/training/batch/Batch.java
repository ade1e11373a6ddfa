// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.batch;

import dev.assay.contracts.RunId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was sent to be learnt from.
 *
 * @param datums blob of them
 * @param rewards of each input, as graded
 * @param traces of each input; null: it does not say
 * @param lengths of each datum
 * @param tokens of all datums together
 * @param unsampled the first place whose tokens came without log-probabilities; null: all have theirs
 */
public record Batch(
        BatchSettings settings, String datums, List<Double> rewards, List<@Nullable RunId> traces, List<Integer> lengths, long tokens, @Nullable String unsampled) {

    /** Of how many inputs, one behind the other, a group is. */
    public int groupSize() {
        return settings.groupSize() == null ? rewards.size() : settings.groupSize();
    }
}
