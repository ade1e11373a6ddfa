// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.call;

/** The call is another trainer's by now: whatever is still said of it is refused. Goes through an engine, which knows nothing of leases. */
final class LeaseLostException extends RuntimeException {

    LeaseLostException() {
        super("the lease is lost");
    }
}
