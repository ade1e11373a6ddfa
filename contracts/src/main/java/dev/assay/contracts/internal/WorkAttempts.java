// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import java.util.List;
import java.util.UUID;

/**
 * {@code POST /internal/work/over}: a worker asks about attempts whose sandboxes it sees and did not launch, and is told which of them hold no
 * lease any more. What this platform knows nothing of is not among those.
 *
 * @param attempts {@value #MOST} at most
 */
public record WorkAttempts(List<WorkAttempt> attempts) {

    public static final int MOST = 1000;

    /** @param work a run or a session */
    public record WorkAttempt(UUID work, int attempt) {}
}
