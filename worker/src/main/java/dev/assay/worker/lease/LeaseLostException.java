// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

/** The attempt no longer holds its lease: whatever it still says is refused. */
public final class LeaseLostException extends Exception {

    public LeaseLostException() {
        super("the lease is lost");
    }
}
