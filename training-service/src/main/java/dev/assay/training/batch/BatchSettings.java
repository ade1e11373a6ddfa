// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.batch;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a batch says beside its inputs.
 *
 * @param lossFn null: it does not say
 * @param groupSize of how many inputs, one behind the other, a group is; null: all are one
 * @param rewardScale by which rewards are multiplied
 * @param substeps in how many parts it is computed
 */
public record BatchSettings(@Nullable String lossFn, Map<String, Double> lossFnConfig, @Nullable Integer groupSize, double rewardScale, int substeps) {}
