// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.span;

import dev.assay.sdk.agents.StepRecorder;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.Spans;
import dev.assay.sdk.protocol.step.Step;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One attempt's steps on their way to trace-service: sent in small batches as they happen, in order, each until it is taken. A few wait in
 * memory; when more wait, and when the attempt ends and trace-service does not take them at once, all that wait go to disk and are sent from
 * there. Whoever ends it waits half a second at most, and nobody else waits for anything.
 */
public final class Timeline implements StepRecorder {

    private static final Logger LOG = LoggerFactory.getLogger(Timeline.class);
    private static final int LARGEST_BATCH = 50;
    private static final long LARGEST_BATCH_BYTES = 4 << 20;
    private static final Duration GATHER = Duration.ofMillis(300);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

    /** So long the end waits for what is just being sent: mostly that is sooner taken than written to disk and synced. */
    private static final Duration LAST_UPLOAD = Duration.ofMillis(500);

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** Sends one batch. */
    public interface Upload {
        Answer send(List<byte[]> batch);
    }

    /** What became of a batch. */
    public enum Answer {
        TAKEN,

        /** Not now: the same again later. */
        AGAIN,

        /** Never, for what is in it. */
        REFUSED,

        /** Never, and nothing else of this attempt either. */
        OVER
    }

    /** Makes the file that spans wait in. */
    interface Disk {
        SpanFile create() throws IOException;
    }

    private final Spans spans;
    private final String run;
    private final Upload upload;
    private final Disk disk;
    private final SpanCounts counts;
    private final long mostInMemory;

    // What waits, oldest first: in memory or on disk, never in both.
    private final Deque<byte[]> memory = new ArrayDeque<>();
    private long memoryBytes;
    private @Nullable SpanFile file;

    private boolean finished;
    private boolean discarded;
    private boolean over;
    private boolean stopped;
    private boolean lost;

    /** The last upload was not taken. */
    private boolean heldUp;

    /** Somebody waits for the last upload, and then writes down what is left. */
    private boolean finishing;

    /** It is stopped, and nobody sends any more. */
    private boolean gone;

    Timeline(String runHex, Upload upload, Disk disk, SpanCounts counts, long mostInMemory) {
        this.spans = new Spans(runHex);
        this.run = runHex;
        this.upload = upload;
        this.disk = disk;
        this.counts = counts;
        this.mostInMemory = mostInMemory;
    }

    /** What another process left of one. */
    Timeline(SpanFile left, Upload upload, SpanCounts counts) {
        this(left.owner().run().hex(), upload, () -> left, counts, 0);
        file = left;
        finished = true;
    }

    @Override
    public synchronized void record(Step step, @Nullable Instant startedAt, Instant endedAt) {
        if (!finished) {
            add(spans.next(step, startedAt, endedAt));
        }
    }

    /** A span that is no step. */
    public synchronized void add(ObjectNode span) {
        if (finished) {
            return;
        }
        if (over) {
            counts.refused(1);
            return;
        }
        var bytes = Json.MAPPER.writeValueAsBytes(span);
        if (file == null && (memory.isEmpty() || memoryBytes + bytes.length <= mostInMemory)) {
            memory.add(bytes);
            memoryBytes += bytes.length;
        } else if (!toDisk(bytes)) {
            lose();
        }
        notifyAll();
    }

    /**
     * Nothing follows. Whatever is not taken when this returns is on disk, and is sent from there, by this process or the next; half a second
     * is left to it to be taken.
     */
    public synchronized void finish() {
        if (finished) {
            return;
        }
        finished = true;
        notifyAll();
        finishing = true;
        awaitLastUpload();
        finishing = false;
        if (!memory.isEmpty() && !toDisk(null)) {
            LOG.warn("{} spans of run {} are kept in memory only", memory.size(), run);
        }
        if (gone) {
            leave();
        }
        notifyAll();
    }

    /** Not if the last upload was not taken, or somebody has this thread end. */
    private void awaitLastUpload() {
        try {
            var until = System.nanoTime() + LAST_UPLOAD.toNanos();
            for (long left = LAST_UPLOAD.toMillis(); isBeingTaken() && left > 0; left = (until - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isBeingTaken() {
        return !memory.isEmpty() && !heldUp && !stopped && !discarded;
    }

    /** Nothing of what waits may be sent any more: the attempt lost its lease. */
    public synchronized void discard() {
        finished = true;
        discarded = true;
        notifyAll();
    }

    /** Sends no more; what is on disk stays there for the next process. */
    synchronized void stop() {
        finished = true;
        stopped = true;
        notifyAll();
    }

    /** In the order in which they came: those in memory are older than this one. */
    private boolean toDisk(byte @Nullable [] another) {
        var all = new ArrayList<>(memory);
        if (another != null) {
            all.add(another);
        }
        try {
            var target = file == null ? disk.create() : file;
            if (!target.append(all)) {
                if (file == null) {
                    target.delete();
                }
                return false;
            }
            file = target;
            memory.clear();
            memoryBytes = 0;
            counts.spooled(all.size());
            return true;
        } catch (IOException e) {
            LOG.error("spans of run {} cannot be kept on disk: {}", run, e.toString());
            return false;
        }
    }

    private void lose() {
        counts.lost(1);
        if (!lost) {
            lost = true;
            LOG.error("steps of run {} are lost: trace-service does not take them, and neither memory nor disk have room for them", run);
        }
    }

    /** Until all is settled and nothing follows, or it is stopped. */
    void sendAll() throws InterruptedException {
        int most = LARGEST_BATCH;
        var pause = FIRST_PAUSE;
        for (var batch = next(most); !batch.isEmpty(); batch = next(most)) {
            switch (upload.send(batch)) {
                case TAKEN -> {
                    settled(batch.size());
                    counts.sent(batch.size());
                    most = Math.min(LARGEST_BATCH, most * 2);
                    pause = FIRST_PAUSE;
                }
                case REFUSED -> {
                    if (batch.size() == 1) {
                        settled(1);
                        counts.refused(1);
                    }
                    most = Math.max(1, batch.size() / 2); // which of them it is shows when fewer are sent
                }
                case OVER -> over();
                case AGAIN -> {
                    heldUp();
                    pause(pause);
                    pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
                }
            }
        }
        end();
    }

    /** The oldest that wait, once there are some; none: it is done. */
    private synchronized List<byte[]> next(int most) throws InterruptedException {
        while (!done() && nothingWaits()) {
            wait();
        }
        var until = System.nanoTime() + GATHER.toNanos();
        for (long left = GATHER.toMillis(); !finished && file == null && memory.size() < most && left > 0; left = (until - System.nanoTime()) / 1_000_000) {
            wait(left); // for company
        }
        return done() ? List.of() : oldest(most);
    }

    private List<byte[]> oldest(int most) {
        if (file == null) {
            List<byte[]> found = new ArrayList<>();
            long bytes = 0;
            for (var span : memory) {
                bytes += span.length;
                if (!found.isEmpty() && (found.size() == most || bytes > LARGEST_BATCH_BYTES)) {
                    break;
                }
                found.add(span);
            }
            return found;
        }
        try {
            return file.peek(most, LARGEST_BATCH_BYTES);
        } catch (IOException e) {
            LOG.error("{} spans of run {} are lost: they cannot be read from disk again", file.size(), run, e);
            counts.lost(file.size());
            dropFile();
            return oldest(most);
        }
    }

    private boolean done() {
        return stopped || discarded || finished && nothingWaits();
    }

    private boolean nothingWaits() {
        return memory.isEmpty() && file == null;
    }

    private synchronized void heldUp() {
        heldUp = true;
        notifyAll();
    }

    private synchronized void settled(int number) {
        heldUp = false;
        notifyAll();
        if (file == null) {
            for (int i = 0; i < number; i++) {
                memoryBytes -= memory.remove().length;
            }
            return;
        }
        file.remove(number);
        if (file.isEmpty()) {
            dropFile();
        }
    }

    private void dropFile() {
        if (file != null) {
            file.delete();
            file = null;
        }
    }

    private synchronized void over() {
        over = true;
        int waiting = waiting();
        counts.refused(waiting);
        notifyAll();
        LOG.error("{} spans of run {} are refused for good", waiting, run);
        forget();
    }

    private synchronized void end() {
        if (!stopped || discarded) {
            counts.discarded(waiting());
            forget();
        } else if (finishing) { // whoever does writes down what is left first
            gone = true;
        } else {
            leave();
        }
    }

    /** To the next process. */
    private void leave() {
        counts.lost(memory.size());
        if (file != null) {
            file.close();
        }
    }

    private int waiting() {
        return memory.size() + (file == null ? 0 : file.size());
    }

    private void forget() {
        memory.clear();
        memoryBytes = 0;
        dropFile();
    }

    private synchronized void pause(Duration time) throws InterruptedException {
        var until = System.nanoTime() + time.toNanos();
        for (long left = time.toMillis(); !stopped && !discarded && left > 0; left = (until - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }
}
