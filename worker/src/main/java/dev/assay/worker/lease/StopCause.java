// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

/** Why work is ended from outside. The first cause holds. */
public enum StopCause {
    /** Somebody else has the lease now: end everything that is this attempt's alone, say nothing. */
    LOST,
    /** A user no longer wants it: clean up and say so. */
    CANCELLED,
    /** It took its time. */
    TIMED_OUT,
    /** The time for the whole rollout is over, of which others took what they took. */
    ROLLOUT_OVER,
    /** This worker ends: end everything, say nothing, so that another takes the run over. */
    SHUTDOWN;

    public boolean isSilent() {
        return this == LOST || this == SHUTDOWN;
    }
}
