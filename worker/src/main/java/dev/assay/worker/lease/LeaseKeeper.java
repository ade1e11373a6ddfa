// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews one lease until it is closed. A lease that could not be renewed in time counts as lost even if nobody said so: another worker may
 * have it. Its end is watched by a thread of its own, for the renewal may be what hangs.
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
    private final Semaphore over = new Semaphore(0);
    private volatile long heldUntil;
    private volatile boolean closed;

    private LeaseKeeper(Renewal renewal, Duration ttl, Duration atMostEvery, Consumer<StopCause> onStop) {
        this.renewal = renewal;
        this.atMostEvery = atMostEvery;
        this.onStop = onStop;
        this.heldUntil = System.nanoTime() + ttl.toNanos();
    }

    public static LeaseKeeper start(Renewal renewal, Duration ttl, Duration atMostEvery, Consumer<StopCause> onStop) {
        var keeper = new LeaseKeeper(renewal, ttl, atMostEvery, onStop);
        Thread.ofVirtual().name("lease-keeper").start(() -> keeper.keep(ttl));
        Thread.ofVirtual().name("lease-end").start(keeper::watchItsEnd);
        return keeper;
    }

    /** Renews now: there is something to tell. */
    public void soon() {
        wake.release();
    }

    private void keep(Duration firstTtl) {
        var pause = pause(firstTtl, atMostEvery);
        try {
            while (true) {
                wake.tryAcquire(inStep(pause).toMillis(), TimeUnit.MILLISECONDS);
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
                    lose();
                } catch (RuntimeException e) {
                    LOG.warn("a lease could not be renewed: {}", e.toString());
                    pause = RETRY.compareTo(pause) < 0 ? RETRY : pause;
                }
            }
        } catch (InterruptedException e) {
            // nobody does that
        }
    }

    private void watchItsEnd() {
        try {
            var left = heldUntil - System.nanoTime();
            while (left > 0) {
                if (over.tryAcquire(left, TimeUnit.NANOSECONDS)) {
                    return;
                }
                left = heldUntil - System.nanoTime();
            }
            lose();
        } catch (InterruptedException e) {
            // nobody does that
        }
    }

    private void lose() {
        if (!closed) {
            close();
            onStop.accept(StopCause.LOST);
        }
    }

    /** No longer than that, and so that all keepers with the same pause renew at the same moments: then one call does for all. */
    private static Duration inStep(Duration pause) {
        return pause.isZero() ? pause : Duration.ofNanos(pause.toNanos() - Math.floorMod(System.nanoTime(), pause.toNanos()));
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
        over.release();
    }
}
