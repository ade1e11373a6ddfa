// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

/** Hears of every call that ended, on the thread that served it: it must not wait. */
public interface BookedCalls {

    void booked(CallRow call);
}
