// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.span;

import dev.assay.sdk.agents.StepRecorder;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.Spans;
import dev.assay.sdk.protocol.step.Step;
import java.time.Duration;
import java.time.Instant;
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
    private static final Duration GATHER = Duration.ofMillis(300);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** So long the end waits for what is just being sent: mostly that is sooner taken than written to disk and synced. */
    static final Duration LAST_UPLOAD = Duration.ofMillis(500);

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

    private enum Phase {
        OPEN,

        /** Nothing follows, but what waits is sent. */
        FINISHED,

        /** Nothing is sent any more; what is on disk stays there for the next process. */
        STOPPED,

        /** The attempt lost its lease: nothing of what waits may be sent. */
        DISCARDED,

        /** Whatever comes is refused for good. */
        OVER
    }

    private final Spans spans;
    private final String run;
    private final Upload upload;
    private final SpanBacklog backlog;
    private final SpanCounts counts;
    private final Duration lastUpload;

    private Phase phase = Phase.OPEN;

    /** The last upload was not taken. */
    private boolean heldUp;

    Timeline(String runHex, Upload upload, SpanBacklog backlog, SpanCounts counts, Duration lastUpload) {
        this.spans = new Spans(runHex);
        this.run = runHex;
        this.upload = upload;
        this.backlog = backlog;
        this.counts = counts;
        this.lastUpload = lastUpload;
    }

    /** What another process left of one. */
    static Timeline left(SpanFile file, Upload upload, SpanCounts counts) {
        var left = new Timeline(file.owner().run().hex(), upload, SpanBacklog.left(file, counts), counts, Duration.ZERO);
        left.phase = Phase.FINISHED;
        return left;
    }

    @Override
    public synchronized void record(Step step, @Nullable Instant startedAt, Instant endedAt) {
        if (phase == Phase.OPEN || phase == Phase.OVER) {
            add(spans.next(step, startedAt, endedAt));
        }
    }

    /** A span that is no step. */
    public synchronized void add(ObjectNode span) {
        if (phase == Phase.OVER) {
            counts.refused(1);
        } else if (phase == Phase.OPEN) {
            backlog.add(Json.MAPPER.writeValueAsBytes(span));
            notifyAll();
        }
    }

    /**
     * Nothing follows. Whatever is not taken when this returns is on disk, and is sent from there, by this process or the next; half a second
     * is left to it to be taken.
     */
    public synchronized void finish() {
        if (phase != Phase.OPEN) {
            return;
        }
        phase = Phase.FINISHED;
        notifyAll();
        awaitLastUpload();
        if (phase == Phase.FINISHED) {
            backlog.toDisk();
            notifyAll();
        }
    }

    /** Not if the last upload was not taken, or somebody has this thread end. */
    private void awaitLastUpload() {
        try {
            var until = System.nanoTime() + lastUpload.toNanos();
            for (long left = lastUpload.toMillis(); isBeingTaken() && left > 0; left = (until - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isBeingTaken() {
        return phase == Phase.FINISHED && !heldUp && !backlog.isEmpty() && !backlog.isOnDisk();
    }

    /** Nothing of what waits may be sent any more: the attempt lost its lease. */
    public synchronized void discard() {
        end(Phase.DISCARDED);
    }

    /** Sends no more; what waits is left on disk for the next process. */
    synchronized void stop() {
        if (phase == Phase.OPEN || phase == Phase.FINISHED) {
            backlog.toDisk();
            end(Phase.STOPPED);
        }
    }

    private void end(Phase end) {
        phase = end;
        notifyAll();
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
        leave();
    }

    /** The oldest that wait, once there are some; none: it is done. */
    private synchronized List<byte[]> next(int most) throws InterruptedException {
        List<byte[]> found = List.of();
        while (found.isEmpty() && !isDone()) {
            while (!isDone() && backlog.isEmpty()) {
                wait();
            }
            var until = System.nanoTime() + GATHER.toNanos();
            for (long left = GATHER.toMillis(); gathers(most) && left > 0; left = (until - System.nanoTime()) / 1_000_000) {
                wait(left); // for company
            }
            found = isDone() ? found : backlog.oldest(most);
        }
        return found;
    }

    private boolean gathers(int most) {
        return phase == Phase.OPEN && !backlog.isOnDisk() && backlog.size() < most;
    }

    private boolean isDone() {
        return switch (phase) {
            case OPEN -> false;
            case FINISHED -> backlog.isEmpty();
            case STOPPED, DISCARDED, OVER -> true;
        };
    }

    private synchronized void heldUp() {
        heldUp = true;
        notifyAll();
    }

    private synchronized void settled(int number) {
        heldUp = false;
        backlog.remove(number);
        notifyAll();
    }

    private synchronized void over() {
        LOG.error("{} spans of run {} are refused for good", backlog.size(), run);
        counts.refused(backlog.size());
        backlog.forget();
        end(Phase.OVER);
    }

    private synchronized void leave() {
        if (phase == Phase.DISCARDED) {
            counts.discarded(backlog.size());
            backlog.forget();
        } else {
            backlog.leave();
        }
    }

    private synchronized void pause(Duration time) throws InterruptedException {
        var until = System.nanoTime() + time.toNanos();
        for (long left = time.toMillis(); mayGoOn() && left > 0; left = (until - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
    }

    private boolean mayGoOn() {
        return phase == Phase.OPEN || phase == Phase.FINISHED;
    }
}
