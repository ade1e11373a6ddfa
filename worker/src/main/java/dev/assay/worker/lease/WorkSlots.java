// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * As many pieces of one kind of work at once as this worker has slots for it. One question at a time asks for all that are free. What is held
 * at a planned stop is given back. It asks for nothing before {@link #resume} says that it may: who was drained before a restart is drained after
 * it.
 */
public final class WorkSlots<L> implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(WorkSlots.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LAST_WORDS = Duration.ofSeconds(8);

    private final Work<L> work;
    private final int slots;
    private final BooleanSupplier mayWork;
    private final Semaphore free;
    private final Set<Thread> busy = ConcurrentHashMap.newKeySet();
    private final AtomicLong pieces = new AtomicLong();
    private volatile @Nullable Thread asker;
    private volatile @Nullable UUID asking;
    private final Semaphore resumed = new Semaphore(0);
    private volatile boolean ended;
    private volatile boolean draining = true;
    private volatile boolean pausing;

    public WorkSlots(Work<L> work, int slots, BooleanSupplier mayWork) {
        this.work = work;
        this.slots = slots;
        this.mayWork = mayWork;
        this.free = new Semaphore(slots);
    }

    @Override
    public void start() {
        if (mayWork.getAsBoolean()) {
            asker = Thread.ofVirtual().name(work.name() + "-asker").start(this::askOn);
            LOG.info("{}: up to {} at once", work.name(), slots);
        }
    }

    private void askOn() {
        while (!ended) {
            rest();
            var room = room();
            if (room > 0) {
                begin(ask(room), room);
            }
        }
    }

    /** While it is drained. */
    private void rest() {
        pausing = true;
        try {
            while (draining && !ended) {
                resumed.acquire();
            }
        } catch (InterruptedException e) {
            // told to end
        } finally {
            pausing = false;
        }
    }

    /** All free slots, once there are any; they are taken. 0: it is over. */
    private int room() {
        pausing = true;
        try {
            if (ended) {
                return 0;
            }
            free.acquire();
            return 1 + free.drainPermits();
        } catch (InterruptedException e) {
            return 0;
        } finally {
            pausing = false;
        }
    }

    /** The same question until it is answered: its answer may have been lost. */
    private List<L> ask(int room) {
        var ask = UUID.randomUUID();
        var answered = true;
        while (true) {
            asking = ask; // before the look: whoever tells it to end sees what is asked, or it is not asked
            if (ended || draining) {
                asking = null;
                return List.of();
            }
            try {
                var found = work.ask(ask, room);
                asking = null;
                return found;
            } catch (RuntimeException | Error e) {
                if (!ended && answered) {
                    LOG.warn("cannot ask for work, trying again: {}", e.toString());
                }
                answered = false;
                pause();
            }
        }
    }

    private void begin(List<L> leases, int room) {
        free.release(Math.max(0, room - leases.size()));
        for (var number = 0; number < leases.size(); number++) {
            var lease = leases.get(number);
            var within = number < room;
            var thread = Thread.ofVirtual().name(work.name() + "-" + pieces.incrementAndGet()).unstarted(() -> take(lease, within));
            busy.add(thread);
            try {
                thread.start();
            } catch (RuntimeException | Error e) {
                LOG.error("{} cannot be begun", thread.getName(), e);
                busy.remove(thread);
                giveBack(lease, e);
                pause();
                free.release(within ? 1 : 0);
            }
        }
    }

    /** @param within whether it has a slot: what was not asked for has none */
    private void take(L lease, boolean within) {
        try {
            if (ended || draining || !within) {
                work.giveBack(lease, null);
            } else {
                work.run(lease);
            }
        } catch (RuntimeException | Error e) {
            LOG.error("work failed in {}: that is a fault of this worker's, not of the work's", Thread.currentThread().getName(), e);
            giveBack(lease, e);
        } finally {
            busy.remove(Thread.currentThread());
            if (within) {
                free.release();
            }
        }
    }

    private void giveBack(L lease, Throwable failure) {
        try {
            work.giveBack(lease, failure.toString());
        } catch (RuntimeException | Error e) {
            LOG.warn("a lease could not be given back, it will run out: {}", e.toString());
        }
    }

    private void pause() {
        pausing = true;
        try {
            if (!ended) {
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            // told to end
        } finally {
            pausing = false;
        }
    }

    /** Takes no more work: the question is taken back, and what still comes in answer is given back. What is at hand goes on. */
    public void drain() {
        if (!draining) {
            draining = true;
            withdraw();
        }
    }

    /** Takes work, for the first time or again. */
    public void resume() {
        draining = false;
        resumed.release();
    }

    /** Ends what is at hand, so that others do it. */
    public void giveBackHeld() {
        work.endHeld();
    }

    public String name() {
        return work.name();
    }

    public int slots() {
        return slots;
    }

    /** How many pieces are at hand. */
    public int held() {
        return busy.size();
    }

    /**
     * The question is taken back first: what is given back after that goes to another worker. An answer that is under way is waited for, as
     * it may have leases, which are given back.
     */
    @Override
    public void stop() {
        var asks = asker;
        if (asks == null) {
            return;
        }
        ended = true;
        if (pausing) {
            asks.interrupt();
        }
        withdraw();
        work.endAll();
        try {
            var end = System.nanoTime() + LAST_WORDS.toNanos();
            asks.join(LAST_WORDS);
            for (var thread : busy) {
                thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        asks.interrupt();
        busy.forEach(Thread::interrupt);
        asker = null;
    }

    private void withdraw() {
        var ask = asking;
        if (ask == null) {
            return;
        }
        try {
            work.withdraw(ask);
        } catch (RuntimeException e) {
            LOG.warn("a question for work could not be taken back: {}", e.toString());
        }
    }

    /** The kinds end at once, not one after the other. */
    @Override
    public void stop(Runnable then) {
        Thread.ofVirtual().name("end-" + work.name()).start(() -> {
            try {
                stop();
            } finally {
                then.run();
            }
        });
    }

    @Override
    public boolean isRunning() {
        return asker != null;
    }
}
