// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.call;

/** Why a call was ended from outside, before its answer was whole. */
public enum Ending {
    /** The client hung up. */
    GONE,
    /** The call as a whole took longer than it may. */
    LATE_WHOLE,
    /** Its client said that it would not wait for longer. */
    DEADLINE,
    /** The attempt has ended that the run's key was made for. */
    CUT,
    /** This gateway is stopping. */
    DRAINED
}
