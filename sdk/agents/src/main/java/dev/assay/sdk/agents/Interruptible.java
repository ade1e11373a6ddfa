// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs work on a virtual thread of its own, so that the caller's interrupt ends it at once: blocking on a socket or on a lock of a
 * library that swallows interrupts does not hold the caller up.
 */
public final class Interruptible {

    private static final Logger log = LoggerFactory.getLogger(Interruptible.class);

    private Interruptible() {}

    /**
     * The work's result, or what it threw. Work that was told to end is left to itself: only for work that changes nothing outside.
     *
     * @throws InterruptedException if the caller was interrupted; so was the work
     */
    public static <T extends @Nullable Object> T call(Callable<T> work) throws Exception {
        try {
            return call(work, null, Duration.ZERO);
        } catch (TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * The same with a limit, and the work has ended when this returns, whatever comes of it: it may act on what others look at next.
     *
     * @param limit null: as long as it takes
     * @param patience for work that was told to end; what takes longer is left to itself
     * @throws TimeoutException if the limit passed; the work was interrupted
     * @throws InterruptedException if the caller was interrupted; so was the work
     */
    public static <T extends @Nullable Object> T call(Callable<T> work, @Nullable Duration limit, Duration patience) throws Exception {
        var task = new FutureTask<T>(work);
        var thread = Thread.ofVirtual().name("agent").start(task);
        try {
            return limit == null ? task.get() : task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Exception cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw e;
            }
        } finally {
            task.cancel(true);
            if (patience.isPositive() && !thread.join(patience)) {
                log.warn("an agent goes on although it was told to end {} ago; it is left to itself", patience);
            }
        }
    }
}
