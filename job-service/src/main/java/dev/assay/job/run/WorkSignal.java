// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Wakes those who wait for work when a run has come into the queue of this process. Runs that another replica accepts are found by looking
 * again: whoever waits looks again as often as {@code assay.look-again} says. Nobody waits once the service is stopping.
 */
@Component
public class WorkSignal implements SmartLifecycle {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Duration lookAgain;
    private long arrivals;
    private boolean open;

    WorkSignal(@Value("${assay.look-again}") Duration lookAgain, MeterRegistry meters) {
        this.lookAgain = lookAgain;
        meters.gauge("assay.work.waiting", this, WorkSignal::waiting);
    }

    private int waiting() {
        lock.lock();
        try {
            return lock.getWaitQueueLength(arrived);
        } finally {
            lock.unlock();
        }
    }

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
        var nanos = Math.min(longest.toNanos(), lookAgain.toNanos());
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
