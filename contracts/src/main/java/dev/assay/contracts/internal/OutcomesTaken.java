// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import dev.assay.contracts.RunId;
import java.util.List;

/**
 * Whose outcomes hold from now on, or did already.
 *
 * @param taken of the others nothing was taken down: because the attempt does not hold its lease any more, because there is something wrong
 *     with what was told, or because somebody else was just busy with the run
 */
public record OutcomesTaken(List<RunId> taken) {}
