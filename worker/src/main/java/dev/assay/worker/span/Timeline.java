// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.span;

import dev.assay.sdk.agents.StepRecorder;
import dev.assay.sdk.protocol.step.Spans;
import dev.assay.sdk.protocol.step.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** One run's steps on their way to trace-service: sent in small batches as they happen, in order, each until it is taken. */
public final class Timeline implements StepRecorder {

    private static final int LARGEST_BATCH = 50;
    private static final Duration GATHER = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    /** Sends one batch. */
    public interface Upload {

        /** Returns whether that is settled: taken, or refused for good. */
        boolean send(List<ObjectNode> batch);
    }

    private final Spans spans;
    private final Upload upload;
    private final BlockingQueue<ObjectNode> waiting = new LinkedBlockingQueue<>();
    private final CountDownLatch sent = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean finished;
    private volatile boolean discarded;

    public Timeline(String runHex, Upload upload) {
        this.spans = new Spans(runHex);
        this.upload = upload;
        this.thread = Thread.ofVirtual().name("spans").start(this::sendAll);
    }

    @Override
    public synchronized void record(Step step, @Nullable Instant startedAt, Instant endedAt) {
        if (!finished) {
            waiting.add(spans.next(step, startedAt, endedAt));
        }
    }

    /** A span that is no step. */
    public synchronized void add(ObjectNode span) {
        if (!finished) {
            waiting.add(span);
        }
    }

    /** Nothing follows; waits until all is sent, but not for longer than that. What is not sent by then still is, if it can be. */
    public boolean finish(Duration limit) throws InterruptedException {
        synchronized (this) {
            finished = true;
        }
        thread.interrupt();
        return sent.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Nothing of what waits may be sent any more: the attempt lost its lease. */
    public void discard() {
        discarded = true;
        finished = true;
        thread.interrupt();
    }

    private void sendAll() {
        try {
            while (!discarded && !(finished && waiting.isEmpty())) {
                var batch = gather();
                if (!batch.isEmpty()) {
                    send(batch);
                }
            }
        } finally {
            sent.countDown();
        }
    }

    private List<ObjectNode> gather() {
        List<ObjectNode> batch = new ArrayList<>();
        try {
            if (!finished) {
                batch.add(waiting.take());
                Thread.sleep(GATHER);
            }
        } catch (InterruptedException e) {
            // finished: no more waiting for company
        }
        waiting.drainTo(batch, LARGEST_BATCH - batch.size());
        return batch;
    }

    private void send(List<ObjectNode> batch) {
        var pause = GATHER;
        for (int tries = 0; !discarded && tries < 100; tries++) {
            Thread.interrupted();
            if (upload.send(batch)) {
                return;
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                // finished in the meantime: try again at once, then go on as before
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }
}
