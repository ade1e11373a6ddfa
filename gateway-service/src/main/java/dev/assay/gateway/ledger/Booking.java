// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

/** A call's place in the ledger while it goes on. Closing it books what the exchange's tally says, once. */
public final class Booking implements AutoCloseable {

    @Override
    public void close() {
        // only the meters count so far
    }
}
