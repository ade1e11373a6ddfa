// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.call.Ending;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Lets model calls come to their end before the gateway stops, and takes no new ones meanwhile. The server's own graceful stop knows of
 * servlets only.
 */
@Component
final class Drain implements SmartLifecycle {

    /** Before the server itself stops, and before what calls need does: what is higher stops earlier. */
    private static final int PHASE = DEFAULT_PHASE - 512;

    private static final Logger log = LoggerFactory.getLogger(Drain.class);
    private static final Duration LOOK = Duration.ofMillis(50);
    /** So long calls have to say farewell to their clients after they were ended. */
    private static final Duration FAREWELL = Duration.ofSeconds(2);

    private final Watch watch;
    private final Duration patience;
    private final AtomicInteger admitted = new AtomicInteger();
    private volatile boolean running;
    private volatile boolean stopping;

    Drain(Watch watch, InferenceSettings settings) {
        this.watch = watch;
        this.patience = settings.drain();
    }

    /** A call is here, though it may not be looked after yet: its body may still be read. Asked before {@link #stopping}. */
    Admitted admit() {
        admitted.incrementAndGet();
        return admitted::decrementAndGet;
    }

    /** Closed when the call has been answered. */
    interface Admitted extends AutoCloseable {
        @Override
        void close();
    }

    /** Whether no call is taken any more. */
    boolean stopping() {
        return stopping;
    }

    @Override
    public void start() {
        stopping = false;
        running = true;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    public void stop() {
        stopping = true;
        running = false;
        if (!within(patience)) {
            log.warn("{} model calls do not come to their end: they are ended", Math.max(watch.open(), admitted.get()));
            watch.endAll(Ending.DRAINED);
            within(FAREWELL);
        }
    }

    private boolean within(Duration time) {
        for (var until = System.nanoTime() + time.toNanos(); watch.open() > 0 || admitted.get() > 0; ) {
            if (System.nanoTime() - until > 0) {
                return false;
            }
            try {
                Thread.sleep(LOOK);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
