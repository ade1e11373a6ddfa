// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.OutputTail;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * A child of what is loaded. It stands behind its walls and waits, until it is told whose run it is; it is one run's and no other's.
 *
 * @param leave what is to be done when it is over: its place with its parent is another's then
 */
record Fork(ForkedProcess process, OutputTail tail, CompletableFuture<Integer> port, Runnable leave) {

    /** It is not needed. */
    void discard() {
        process.close(Duration.ZERO);
        leave.run();
    }
}
