// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A {@code tasks.start} or {@code tasks.grade} that runs on a thread of its own, so that its connection is read on meanwhile. */
final class TaskCall {

    private static final Logger log = LoggerFactory.getLogger(TaskCall.class);

    /** Clients wait two seconds for a cancel; a template that ignores its interrupt is left behind before that. */
    private static final Duration PATIENCE = Duration.ofMillis(1500);

    private enum State {
        /** Only while this holds may the call reply. */
        RUNNING,
        REPLIED,
        STOPPED
    }

    /** What the call does. */
    interface Work {
        ObjectNode run(TaskCall call) throws Exception;

        /** The result cannot be delivered because it is too large. */
        default void undo() {}
    }

    /** One step of it. */
    interface Part<T> {
        T take() throws Exception;
    }

    private final String method;
    private final JsonNode id;
    private final ReplyWriter writer;
    private final Work work;
    private final Thread thread;
    private volatile State state = State.RUNNING;

    private TaskCall(String method, JsonNode id, ReplyWriter writer, Work work) {
        this.method = method;
        this.id = id;
        this.writer = writer;
        this.work = work;
        this.thread = Thread.ofVirtual().name(method).unstarted(this::run);
    }

    static TaskCall begin(String method, JsonNode id, ReplyWriter writer, Work work) {
        var call = new TaskCall(method, id, writer, work);
        call.thread.start();
        return call;
    }

    boolean isRunning() {
        return state == State.RUNNING;
    }

    boolean isStart() {
        return method.equals("tasks.start");
    }

    /**
     * Takes a step that nobody may take for a call that was stopped: the session is the next call's then. The step is short and waits for
     * nobody.
     *
     * @throws InterruptedException if the call was stopped before
     */
    <T> T whileRunning(Part<T> part) throws Exception {
        return writer.decide(() -> {
            if (state != State.RUNNING) {
                throw new InterruptedException(method + " was stopped");
            }
            return part.take();
        });
    }

    JsonNode id() {
        return id;
    }

    void awaitEnd() throws InterruptedException {
        thread.join();
    }

    /** Interrupts the call and waits, a little, until its code has cleaned up. False if it had replied before. */
    boolean stop() {
        boolean stopped = writer.decide(() -> {
            if (state == State.RUNNING) {
                state = State.STOPPED;
                return true;
            }
            return false;
        });
        if (stopped) {
            thread.interrupt();
            awaitCleanup();
        }
        return stopped;
    }

    /** Waits even if this thread was told to hurry: the patience is short anyway. */
    private void awaitCleanup() {
        boolean interrupted = Thread.interrupted();
        try {
            if (!thread.join(PATIENCE)) {
                log.warn("{} goes on although it was interrupted; it is left to itself", method);
            }
        } catch (InterruptedException _) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        byte[] frame = outcome();
        // Replied comes before the reply itself: whoever reads it may send the next call at once.
        writer.writeIf(
                () -> {
                    if (state == State.RUNNING) {
                        state = State.REPLIED;
                        return !ReplyWriter.isNotification(id);
                    }
                    return false;
                },
                frame);
    }

    private byte[] outcome() {
        try {
            return Frames.encode(Frames.reply(id, work.run(this)));
        } catch (FrameTooLargeException tooLarge) {
            work.undo();
            return ReplyWriter.encodeError(id, RpcException.FAILED, tooLarge.getMessage());
        } catch (RpcException refused) {
            return ReplyWriter.encodeError(id, refused.code(), refused.text());
        } catch (Throwable failed) {
            if (isRunning()) {
                log.warn("{} failed", method, failed);
            }
            return ReplyWriter.encodeError(id, RpcException.FAILED, Session.text(failed));
        }
    }
}
