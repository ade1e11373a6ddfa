// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks for work and does it, one piece after the other, until it is told to end. */
final class WorkLoop<L> {

    private static final Logger LOG = LoggerFactory.getLogger(WorkLoop.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Work<L> work;
    private final Thread thread;
    private volatile @Nullable UUID asking;
    private volatile boolean ended;
    private volatile boolean pausing;

    WorkLoop(String name, Work<L> work) {
        this.work = work;
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Asks for nothing more. An answer that is under way is waited for: it may be a lease, which is given back. */
    void end() {
        ended = true;
        if (pausing) {
            thread.interrupt();
        }
    }

    /** To be called once it was told to end: takes back what is not answered. Where nobody hears that, the answer may be a lease. */
    void withdraw() {
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

    /** No more waiting, for an answer or for anything else. */
    void interrupt() {
        thread.interrupt();
    }

    boolean join(Duration time) throws InterruptedException {
        return thread.join(time);
    }

    private void run() {
        var ask = UUID.randomUUID();
        var answered = true;
        while (true) {
            asking = ask; // before the look: whoever tells it to end sees what is asked, or it is not asked
            if (ended) {
                asking = null;
                return;
            }
            Optional<L> found;
            try {
                found = work.ask(ask);
                answered = true;
                asking = null;
            } catch (RuntimeException e) {
                if (!ended && answered) {
                    LOG.warn("cannot ask for work, trying again: {}", e.toString());
                }
                answered = false;
                pause();
                continue;
            }
            ask = UUID.randomUUID();
            found.ifPresent(this::take);
        }
    }

    private void take(L lease) {
        try {
            if (ended) {
                work.giveBack(lease, null);
            } else {
                work.run(lease);
            }
        } catch (RuntimeException | Error e) {
            LOG.error("work failed in {}: that is a fault of this worker's, not of the work's", thread.getName(), e);
            giveBack(lease, e);
        } finally {
            Thread.interrupted();
        }
    }

    private void giveBack(L lease, Throwable failure) {
        try {
            work.giveBack(lease, failure.toString());
        } catch (RuntimeException e) {
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
}
