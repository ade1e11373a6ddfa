// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.lease;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks for work and does it, one piece after the other, until it is told to end. */
public final class WorkLoop<L> {

    private static final Logger LOG = LoggerFactory.getLogger(WorkLoop.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Supplier<Optional<L>> ask;
    private final Consumer<L> work;
    private final Thread thread;
    private volatile boolean ended;
    private volatile boolean working;

    public WorkLoop(String name, Supplier<Optional<L>> ask, Consumer<L> work) {
        this.ask = ask;
        this.work = work;
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /** Asks for nothing more. What is being worked on is ended by others. */
    public void end() {
        ended = true;
        if (!working) {
            thread.interrupt();
        }
    }

    public boolean join(Duration time) throws InterruptedException {
        return thread.join(time);
    }

    private void run() {
        boolean answered = true;
        while (!ended) {
            try {
                var found = ask.get();
                answered = true;
                if (found.isPresent() && !ended) {
                    working = true;
                    work.accept(found.get());
                }
            } catch (RuntimeException e) {
                if (!ended && answered) {
                    LOG.warn("cannot ask for work, trying again: {}", e.toString());
                }
                answered = false;
                pause();
            } finally {
                working = false;
                Thread.interrupted();
            }
        }
    }

    private void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            // told to end
        }
    }
}
