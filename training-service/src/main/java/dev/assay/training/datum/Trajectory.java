// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.datum;

import dev.assay.contracts.RunId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All turns of one attempt, in order.
 *
 * @param reward as it was graded
 * @param trace where it comes from; null: it does not say
 */
public record Trajectory(List<Sample> samples, double reward, @Nullable RunId trace) {}
