// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.build;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Lets requests wait for news. It rings in this process only; news that another replica made are found by looking again now and then. When
 * the service stops, nobody waits any longer.
 */
@Component
class Bell {

    private static final long LOOK_AGAIN_NANOS = Duration.ofMillis(400).toNanos();
    private static final long LONGEST_WAIT_MILLIS = 20_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition rung = lock.newCondition();
    private long rings;
    private boolean closed;

    void ring() {
        lock.lock();
        try {
            rings++;
            rung.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Looks until something is found, or the time is over; at most 20 seconds. */
    <T> Optional<T> await(long waitMillis, Supplier<Optional<T>> look) {
        var patience = new Patience(TimeUnit.MILLISECONDS.toNanos(Math.clamp(waitMillis, 0, LONGEST_WAIT_MILLIS)));
        while (true) {
            long seen = rings();
            var found = look.get();
            if (found.isPresent() || !listen(seen, patience)) {
                return found;
            }
        }
    }

    private static final class Patience {
        private long nanos;

        Patience(long nanos) {
            this.nanos = nanos;
        }
    }

    private long rings() {
        lock.lock();
        try {
            return rings;
        } finally {
            lock.unlock();
        }
    }

    /** @return whether it is worth looking once more */
    private boolean listen(long seen, Patience patience) {
        lock.lock();
        try {
            long slice = Math.min(patience.nanos, LOOK_AGAIN_NANOS);
            patience.nanos -= slice;
            if (slice <= 0 || closed) {
                return false;
            }
            while (rings == seen && slice > 0 && !closed) {
                slice = rung.awaitNanos(slice);
            }
            patience.nanos += Math.max(slice, 0);
            return !closed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    @EventListener(ContextClosedEvent.class)
    void close() {
        lock.lock();
        try {
            closed = true;
            rung.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
