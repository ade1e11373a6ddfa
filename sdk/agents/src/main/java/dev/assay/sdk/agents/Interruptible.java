// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Runs work on a virtual thread of its own, so that the caller's interrupt ends it at once: blocking on a socket or on a lock of a
 * library that swallows interrupts does not hold the caller up.
 */
public final class Interruptible {

    private Interruptible() {}

    /**
     * The work's result, or what it threw.
     *
     * @param limit null: as long as it takes
     * @throws TimeoutException if the limit passed; the work was interrupted
     * @throws InterruptedException if the caller was interrupted; so was the work
     */
    public static <T extends @Nullable Object> T call(Callable<T> work, @Nullable Duration limit) throws Exception {
        var task = new FutureTask<T>(work);
        Thread.ofVirtual().name("agent").start(task);
        try {
            return limit == null ? task.get() : task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            task.cancel(true);
        }
    }
}
