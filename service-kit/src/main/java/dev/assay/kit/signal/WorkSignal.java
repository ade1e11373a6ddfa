// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.signal;

import dev.assay.kit.problem.Problem;
import dev.assay.kit.web.TimeLeft;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.springframework.context.SmartLifecycle;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Wakes those who wait for work, or for news of it, when some has come, here or at another replica. A word between replicas may get lost:
 * whoever waits looks again as often as {@code assay.look-again} says. Nobody waits once the service is stopping.
 */
public class WorkSignal implements SmartLifecycle {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final String work;
    private final Duration lookAgain;
    private final Consumer<String> others;
    private long arrivals;
    private boolean open;

    /** @param others is told the work's name, for the other replicas */
    WorkSignal(String work, Duration lookAgain, MeterRegistry meters, Consumer<String> others) {
        this.work = work;
        this.lookAgain = lookAgain;
        this.others = others;
        meters.gauge("assay.work.watching", Tags.of("work", work), this, WorkSignal::waiting);
    }

    void listen(Runnable listener) {
        listeners.add(listener);
    }

    private int waiting() {
        lock.lock();
        try {
            return lock.getWaitQueueLength(arrived);
        } finally {
            lock.unlock();
        }
    }

    /** Tells it, once the transaction at hand has committed if there is one. */
    public void arrived() {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            tell();
            return;
        }
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                tell();
            }
        });
    }

    private void tell() {
        wake();
        others.accept(work);
    }

    void wake() {
        lock.lock();
        try {
            arrivals++;
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
        listeners.forEach(Runnable::run);
    }

    /**
     * Looks again and again, until there is enough or so much time has passed; it is not a date, so the service's clock has no say in it.
     * No database connection is held in between.
     *
     * @throws Problem 504 if whoever asked does not wait so long
     */
    public <T> T until(Supplier<T> look, Predicate<T> enough, Duration longest) throws InterruptedException {
        var deadline = TimeLeft.ofThisRequest().filter(left -> left.compareTo(longest) < 0);
        var end = System.nanoTime() + deadline.orElse(longest).toNanos();
        while (true) {
            var seen = arrivals();
            var found = look.get();
            var left = end - System.nanoTime();
            if (left <= 0 && deadline.isPresent() && !enough.test(found)) {
                throw Problem.late();
            }
            if (enough.test(found) || left <= 0 || !await(seen, Duration.ofNanos(left))) {
                return found;
            }
        }
    }

    /** How much has arrived so far: asked before looking, for then more than that is waited for. */
    private long arrivals() {
        lock.lock();
        try {
            return arrivals;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is worth looking again; false once the service is stopping. */
    private boolean await(long seen, Duration longest) throws InterruptedException {
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
