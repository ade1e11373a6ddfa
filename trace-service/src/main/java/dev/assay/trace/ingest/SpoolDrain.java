// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import java.io.IOException;
import java.io.StreamCorruptedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Carries the spool to the broker as soon as that is back. A record may go twice, which harms nobody: a span is stored once. What will
 * never go is set aside, and what is behind it moves on.
 */
@Component
class SpoolDrain implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(SpoolDrain.class);
    private static final long PAUSE_MILLIS = 500;

    /** Of files whose records are on their way at the same time. */
    private static final int MOST = 16;

    private final Spool spool;
    private final SpanSink sink;
    private final SpansSettings settings;
    private volatile boolean running;
    private volatile Thread thread = Thread.currentThread();

    SpoolDrain(Spool spool, SpanSink sink, SpansSettings settings) {
        this.spool = spool;
        this.sink = sink;
        this.settings = settings;
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

    private record Parcel(String key, SpanSink.Sent sent) {}

    private record Carried(Path file, List<Parcel> parcels) {}

    private void drain() throws IOException {
        var files = spool.files();
        for (var from = 0; running && from < files.size() && !sink.brokerRests(); from += MOST) {
            arrive(depart(files.subList(from, Math.min(files.size(), from + MOST))));
        }
    }

    private List<Carried> depart(List<Path> files) throws IOException {
        var carried = new ArrayList<Carried>();
        for (var file : files) {
            try {
                carried.add(new Carried(file, spool.read(file).stream()
                        .map(entry -> new Parcel(entry.key(), sink.send(entry.key(), entry.value())))
                        .toList()));
            } catch (StreamCorruptedException e) {
                log.error("{} in the spool holds no records and is set aside", file.getFileName(), e);
                spool.setAside(file);
            } catch (IOException e) {
                // it may be readable again: what is behind it goes on meanwhile
                log.warn("{} in the spool cannot be read now: {}", file.getFileName(), e.toString());
            }
        }
        return carried;
    }

    private void arrive(List<Carried> carried) throws IOException {
        var until = System.nanoTime() + settings.delivery().toNanos();
        for (var one : carried) {
            arrive(one, until);
        }
    }

    /** A file goes once all that is in it has arrived somewhere. */
    private void arrive(Carried carried, long until) throws IOException {
        var refused = new LinkedHashMap<Parcel, String>();
        for (var parcel : carried.parcels()) {
            switch (SpanSink.await(parcel.sent(), until - System.nanoTime())) {
                case Delivery.Made made -> {}
                case Delivery.Refused no -> refused.put(parcel, no.reason());
                case Delivery.Awaited awaited -> {
                    if (!sink.brokerRests()) {
                        sink.rest(awaited.reason());
                    }
                    return;
                }
            }
        }
        // without a place among the dead letters it comes back to the spool, at its end
        refused.forEach((parcel, reason) -> sink.setAside(parcel.key(), null, parcel.sent().value(), reason));
        spool.remove(carried.file());
    }
}
