// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import java.util.List;
import java.util.UUID;

/**
 * {@code POST /internal/work/over}: a worker asks about attempts whose sandboxes it sees and did not launch, and is told which of them hold no
 * lease any more. What this platform knows nothing of is not among those. Runs and sessions apart: whoever submits a run chooses its id, and
 * may choose a session's.
 *
 * @param runs {@value #MOST} at most, with the sessions
 */
public record WorkAttempts(List<WorkAttempt> runs, List<WorkAttempt> sessions) {

    public static final int MOST = 1000;

    /** @param id of the run or the session */
    public record WorkAttempt(UUID id, int attempt) {}
}
