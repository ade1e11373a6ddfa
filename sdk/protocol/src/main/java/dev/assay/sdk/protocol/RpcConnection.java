// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.io.EOFException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One socket, requests numbered 1, 2, 3, a thread that hands each reply to the request it answers. */
final class RpcConnection implements AutoCloseable {

    private final Socket socket;
    private final Map<Integer, Pending> pending = new ConcurrentHashMap<>();
    private final ReentrantLock turn = new ReentrantLock(true);
    private final ReentrantLock writing = new ReentrantLock();
    private final CompletableFuture<IOException> end = new CompletableFuture<>();
    private int lastId;

    RpcConnection(Socket socket) {
        this.socket = socket;
        Thread.ofVirtual().name("control-replies").start(this::readReplies);
    }

    /** One call after the other; the time limit counts from when it is this call's turn. Any failure but an error reply closes. */
    ObjectNode call(String method, ObjectNode params, @Nullable Duration limit) throws IOException {
        return call(method, () -> params, limit);
    }

    /** The same with what is to be said by then. */
    ObjectNode call(String method, Supplier<ObjectNode> params, @Nullable Duration limit) throws IOException {
        try {
            turn.lockInterruptibly();
            try {
                return ask(method, params.get(), limit);
            } finally {
                turn.unlock();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw closed(new InterruptedIOException("interrupted during '" + method + "'"));
        }
    }

    /** A call that waits for nobody: another one may be outstanding. */
    ObjectNode callBeside(String method, ObjectNode params, Duration limit) throws IOException {
        try {
            return ask(method, params, limit);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw closed(new InterruptedIOException("interrupted during '" + method + "'"));
        }
    }

    /**
     * The limit holds for all of it: a peer that has stopped reading keeps a write, and whoever waits to write after it, from ever ending.
     * Only closing the socket under them ends that.
     */
    private ObjectNode ask(String method, ObjectNode params, @Nullable Duration limit) throws IOException, InterruptedException {
        if (limit == null) {
            return send(method, params).result();
        }
        var tooLate = CompletableFuture.runAsync(
                () -> closed(new SocketTimeoutException("'" + method + "' was not answered within " + limit.toMillis() + " ms")),
                CompletableFuture.delayedExecutor(limit.toNanos(), TimeUnit.NANOSECONDS, Thread::startVirtualThread));
        try {
            return send(method, params).result();
        } finally {
            tooLate.cancel(false);
        }
    }

    boolean isOpen() {
        return !end.isDone();
    }

    /** Completes with the reason when the connection ends, whoever ends it. */
    CompletableFuture<IOException> end() {
        return end;
    }

    @Override
    public void close() {
        closed(new EOFException("connection closed"));
    }

    /** Closes for the given reason, unless there was one before, and fails every call that waits. */
    private IOException closed(IOException reason) {
        end.complete(reason);
        Splice.close(socket);
        pending.values().forEach(Pending::fail);
        return reason;
    }

    private Pending send(String method, ObjectNode params) throws IOException, InterruptedException {
        writing.lockInterruptibly();
        try {
            int id = lastId + 1;
            byte[] frame = Frames.encode(Frames.request(id, method, params));
            lastId = id;
            var call = new Pending(id, method);
            pending.put(id, call);
            if (end.isDone()) {
                call.fail();
            } else {
                try {
                    socket.getOutputStream().write(frame);
                } catch (IOException broken) {
                    // a Unix socket does not say so itself: to whoever waits for an environment it is one that is not there yet
                    closed(because(broken, new SocketException(broken.getMessage())));
                }
            }
            return call;
        } finally {
            writing.unlock();
        }
    }

    private void readReplies() {
        try {
            var frames = new FrameReader(socket.getInputStream());
            for (byte[] line = frames.next(); line != null; line = frames.next()) {
                if (!(Frames.decode(line) instanceof ObjectNode reply)) {
                    throw new IOException("malformed frame: not an object");
                }
                receive(reply);
            }
            closed(new EOFException("env closed connection"));
        } catch (IOException broken) {
            closed(broken);
        } catch (RuntimeException | StackOverflowError odd) {
            // whatever else a peer's bytes may do to this thread: nobody else would tell those who wait
            closed(new IOException("malformed frame: " + odd, odd));
        }
    }

    private void receive(ObjectNode reply) throws IOException {
        var id = reply.path("id");
        var call = id.isInt() ? pending.remove(id.intValue()) : null;
        if (call != null) {
            call.reply.complete(reply);
            return;
        }
        // The peer could not tell which request it answers: an error without id is the answer to whatever waits, and the end.
        if ((id.isNull() || id.isMissingNode()) && reply.has("error")) {
            pending.values().forEach(waiting -> waiting.reply.complete(reply));
            throw error(reply);
        }
        throw new RpcException(RpcException.BAD_REPLY, "reply id did not match request");
    }

    private static RpcException error(ObjectNode reply) {
        var error = reply.path("error");
        return new RpcException(error.path("code").asInt(RpcException.FAILED), error.path("message").asString(""));
    }

    private final class Pending {
        private final int id;
        private final String method;
        private final CompletableFuture<ObjectNode> reply = new CompletableFuture<>();

        Pending(int id, String method) {
            this.id = id;
            this.method = method;
        }

        void fail() {
            reply.completeExceptionally(end.join());
        }

        ObjectNode result() throws IOException, InterruptedException {
            try {
                var frame = reply.get();
                if (frame.has("error")) {
                    throw error(frame);
                }
                if (frame.get("result") instanceof ObjectNode result) {
                    return result;
                }
                throw new RpcException(RpcException.BAD_REPLY, "'" + method + "': result was not an object");
            } catch (ExecutionException broken) {
                throw failure(broken.getCause());
            } finally {
                pending.remove(id);
            }
        }

        private String during(IOException cause) {
            return cause.getMessage() + " during '" + method + "'";
        }

        private IOException failure(@Nullable Throwable cause) {
            return switch (cause) {
                case RpcException mismatch -> new RpcException(mismatch.code(), "'" + method + "': " + mismatch.text());
                case EOFException eof -> because(eof, new EOFException(during(eof)));
                case SocketTimeoutException late -> because(late, new SocketTimeoutException(late.getMessage()));
                case SocketException lost -> because(lost, new SocketException(during(lost)));
                case null, default -> new IOException("connection lost during '" + method + "': " + cause, cause);
            };
        }
    }

    private static IOException because(IOException cause, IOException failure) {
        failure.initCause(cause);
        return failure;
    }

    /** For members that must be there in a reply. */
    static JsonNode member(ObjectNode object, String name) throws RpcException {
        var value = object.get(name);
        if (value == null) {
            throw new RpcException(RpcException.BAD_REPLY, "reply lacks '" + name + "'");
        }
        return value;
    }
}
