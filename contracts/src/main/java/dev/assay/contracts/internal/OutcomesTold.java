// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import dev.assay.contracts.RunId;
import java.util.List;

/**
 * {@code POST /internal/leases/outcomes}: what became of several attempts, in one call. Answered with {@link OutcomesTaken}; what is not
 * taken is told alone, as {@link Outcome} says, and hears there why. A repeat is harmless.
 */
public record OutcomesTold(List<RunOutcome> outcomes) {

    /** Large ones are told alone. */
    public static final int MOST_BYTES = 16 * 1024;

    /** How many are told in one call. */
    public static final int MOST = 100;

    /** One of them: of each run there is one. */
    public record RunOutcome(RunId run, Outcome outcome) {}
}
