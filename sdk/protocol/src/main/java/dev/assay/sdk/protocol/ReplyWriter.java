// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The server's half of one connection: whole frames, one after the other. A peer that has gone away is nobody's concern here. */
final class ReplyWriter {

    private final OutputStream out;
    private final ReentrantLock lock = new ReentrantLock();

    /** What is settled before another frame is written. */
    interface Decision<T, E extends Exception> {
        T take() throws E;
    }

    ReplyWriter(OutputStream out) {
        this.out = out;
    }

    /** A request without id, or with null, wants no answer. */
    static boolean isNotification(JsonNode id) {
        return id.isNull() || id.isMissingNode();
    }

    void reply(JsonNode id, ObjectNode result) throws FrameTooLargeException {
        if (!isNotification(id)) {
            write(Frames.encode(Frames.reply(id, result)));
        }
    }

    void error(JsonNode id, int code, String message) {
        if (!isNotification(id)) {
            write(encodeError(id, code, message));
        }
    }

    /** The one kind of error that has no request to belong to. */
    void errorWithoutId(String message) {
        write(encodeError(JsonNodeFactory.instance.nullNode(), RpcException.FAILED, message));
    }

    static byte[] encodeError(JsonNode id, int code, String message) {
        try {
            return Frames.encode(Frames.error(id, code, message));
        } catch (FrameTooLargeException tooLarge) {
            return encodeShortError(id, tooLarge.getMessage());
        }
    }

    private static byte[] encodeShortError(JsonNode id, String message) {
        try {
            return Frames.encode(Frames.error(id, RpcException.FAILED, message));
        } catch (FrameTooLargeException _) {
            try {
                return Frames.encode(Frames.error(JsonNodeFactory.instance.nullNode(), RpcException.FAILED, message));
            } catch (FrameTooLargeException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    void write(byte[] frame) {
        writeIf(() -> true, frame);
    }

    /** The condition is decided in the same breath as the write: no other frame comes between. */
    void writeIf(BooleanSupplier condition, byte[] frame) {
        lock.lock();
        try {
            if (condition.getAsBoolean()) {
                out.write(frame);
                out.flush();
            }
        } catch (IOException _) {
            // The reading side notices too, and ends the session.
        } finally {
            lock.unlock();
        }
    }

    /** What the condition of {@link #writeIf} looks at is changed under the same lock. */
    <T, E extends Exception> T decide(Decision<T, E> decision) throws E {
        lock.lock();
        try {
            return decision.take();
        } finally {
            lock.unlock();
        }
    }
}
