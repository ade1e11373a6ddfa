// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews one lease on a thread of its own until it is closed. A lease that could not be renewed in time counts as lost even if nobody
 * said so: another worker may have it.
 */
public final class LeaseKeeper implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);
    private static final Duration RETRY = Duration.ofMillis(500);

    /** Renews the lease once. */
    public interface Renewal {

        /**
         * Returns how long it holds from now.
         *
         * @throws LeaseLostException if it is no longer ours
         */
        Held renew() throws LeaseLostException;
    }

    /** @param cancel whether the work is to be ended */
    public record Held(Duration ttl, boolean cancel) {}

    private final Renewal renewal;
    private final Duration atMostEvery;
    private final Consumer<StopCause> onStop;
    private final Semaphore wake = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;

    private LeaseKeeper(Renewal renewal, Duration ttl, Duration atMostEvery, Consumer<StopCause> onStop) {
        this.renewal = renewal;
        this.atMostEvery = atMostEvery;
        this.onStop = onStop;
        this.thread = Thread.ofVirtual().name("lease-keeper").unstarted(() -> keep(ttl));
    }

    public static LeaseKeeper start(Renewal renewal, Duration ttl, Duration atMostEvery, Consumer<StopCause> onStop) {
        var keeper = new LeaseKeeper(renewal, ttl, atMostEvery, onStop);
        keeper.thread.start();
        return keeper;
    }

    /** Renews now: there is something to tell. */
    public void soon() {
        wake.release();
    }

    private void keep(Duration firstTtl) {
        long heldUntil = System.nanoTime() + firstTtl.toNanos();
        var pause = pause(firstTtl, atMostEvery);
        try {
            while (!closed) {
                wake.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS);
                wake.drainPermits();
                if (closed) {
                    return;
                }
                long asked = System.nanoTime();
                try {
                    var held = renewal.renew();
                    heldUntil = asked + held.ttl().toNanos();
                    pause = pause(held.ttl(), atMostEvery);
                    if (held.cancel()) {
                        onStop.accept(StopCause.CANCELLED);
                    }
                } catch (LeaseLostException e) {
                    onStop.accept(StopCause.LOST);
                    return;
                } catch (RuntimeException e) {
                    LOG.warn("a lease could not be renewed: {}", e.toString());
                    if (System.nanoTime() - heldUntil >= 0) {
                        onStop.accept(StopCause.LOST);
                        return;
                    }
                    pause = RETRY;
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    /** A third of the time, so that two renewals may fail. */
    static Duration pause(Duration ttl, Duration atMostEvery) {
        var third = ttl.dividedBy(3);
        return third.compareTo(atMostEvery) < 0 ? third : atMostEvery;
    }

    @Override
    public void close() {
        closed = true;
        wake.release();
    }
}
