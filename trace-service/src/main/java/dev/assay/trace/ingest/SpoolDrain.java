// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Carries the spool to the broker as soon as that is back. An event may go twice, which harms nobody: a span is stored once. */
@Component
class SpoolDrain implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(SpoolDrain.class);
    private static final long PAUSE_MILLIS = 500;

    private final Spool spool;
    private final SpanSink sink;
    private volatile boolean running;
    private volatile Thread thread = Thread.currentThread();

    SpoolDrain(Spool spool, SpanSink sink) {
        this.spool = spool;
        this.sink = sink;
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofVirtual().name("spool-drain").start(this::run);
    }

    @Override
    public void stop() {
        running = false;
        thread.interrupt();
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    private void run() {
        while (running) {
            try {
                drain();
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                return;
            } catch (IOException | RuntimeException e) {
                log.error("The spool cannot be carried to the broker", e);
                try {
                    Thread.sleep(10 * PAUSE_MILLIS);
                } catch (InterruptedException interrupted) {
                    return;
                }
            }
        }
    }

    private void drain() throws IOException {
        for (var file : spool.files()) {
            var entry = spool.read(file);
            if (!running || !sink.send(entry.key(), entry.event())) {
                return;
            }
            spool.remove(file);
        }
    }
}
