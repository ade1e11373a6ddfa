// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.util.stream.Stream;

/** Ends what takes its time to end, all of it at once. */
public final class EndTogether {

    private EndTogether() {}

    /** Returns when all have ended; interrupted, it waits for none of them any more, and stays interrupted. */
    public static void all(Stream<Runnable> endings) {
        var threads = endings.map(Thread::startVirtualThread).toList();
        for (var thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
