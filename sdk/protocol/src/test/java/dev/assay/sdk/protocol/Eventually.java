// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what another thread will do. */
final class Eventually {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    private Eventually() {}

    static void holds(BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("did not come true within " + LIMIT);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }
}
