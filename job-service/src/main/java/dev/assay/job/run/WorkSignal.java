// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Wakes those who wait for work when a run has come into the queue of this process. Runs that another replica accepts are found by looking
 * again: whoever waits never waits longer than {@link #LOOK_AGAIN}. Nobody waits once the service is stopping.
 */
@Component
public class WorkSignal implements SmartLifecycle {

    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private long arrivals;
    private boolean open;

    /** Tells it when the transaction at hand has committed. */
    public void afterCommit() {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                wake();
            }
        });
    }

    private void wake() {
        lock.lock();
        try {
            arrivals++;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How much has arrived so far: ask before looking into the queue, then wait for more than that. */
    public long arrivals() {
        lock.lock();
        try {
            return arrivals;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is worth looking into the queue again; false once the service is stopping. */
    public boolean await(long seen, Duration longest) throws InterruptedException {
        var nanos = Math.min(longest.toNanos(), LOOK_AGAIN.toNanos());
        lock.lock();
        try {
            while (open && arrivals == seen && nanos > 0) {
                nanos = arrived.awaitNanos(nanos);
            }
            return open;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void start() {
        lock.lock();
        try {
            open = true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stop() {
        lock.lock();
        try {
            open = false;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isRunning() {
        lock.lock();
        try {
            return open;
        } finally {
            lock.unlock();
        }
    }
}
