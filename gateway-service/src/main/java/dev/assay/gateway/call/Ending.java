// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.call;

/** Why a call was ended from outside, before its answer was whole. */
public enum Ending {
    /** The client hung up. */
    GONE,
    /** The upstream did not begin to answer in time. */
    LATE_FIRST,
    /** It said nothing for too long in the middle of its answer. */
    LATE_NEXT,
    /** The call as a whole took longer than it may. */
    LATE_WHOLE,
    /** The attempt has ended that the run's key was made for. */
    CUT,
    /** This gateway is stopping. */
    DRAINED
}
