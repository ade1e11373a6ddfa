// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.daytona;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Bytes both ways, through a WebSocket to a port of a sandbox. Whoever takes them decides how fast they come. */
final class DaytonaSocket implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(20);

    /** Proxies cut off what says nothing, and not every end of a connection is heard of. */
    private static final Executor SOON = CompletableFuture.delayedExecutor(10, TimeUnit.SECONDS, Thread::startVirtualThread);

    private final WebSocket socket;
    private final Listener listener;
    private final Duration silence;
    private final CompletableFuture<Void> over;

    private DaytonaSocket(WebSocket socket, Listener listener, Duration silence) {
        this.socket = socket;
        this.listener = listener;
        this.silence = silence;
        this.over = listener.over;
        SOON.execute(this::ping);
    }

    /** Something is heard within the longest silence, unless who takes what comes keeps it waiting. */
    private void ping() {
        if (over.isDone()) {
            return;
        }
        if (!listener.taking && System.nanoTime() - listener.heardNanos > silence.toNanos()) {
            breakOff(new IOException("nothing was heard of it for " + silence.toSeconds() + "s"));
            return;
        }
        socket.sendPing(ByteBuffer.allocate(0));
        SOON.execute(this::ping);
    }

    /** Takes what comes, piece by piece; no more comes until it is done. */
    @FunctionalInterface
    interface Taker {

        /** @throws IOException if it wants no more */
        void take(ByteBuffer piece) throws IOException;
    }

    /**
     * @param token which opens the sandbox's ports
     * @param silence in which not even a ping is answered, after which it counts as broken
     */
    static DaytonaSocket open(HttpClient http, URI address, String token, Duration silence, Taker taker) throws IOException, InterruptedException {
        var listener = new Listener(taker);
        var uri = URI.create(address.toString().replaceFirst("^http", "ws"));
        var opening = http.newWebSocketBuilder()
                .header(Toolbox.TOKEN, token)
                .connectTimeout(CONNECT)
                .buildAsync(uri, listener);
        try {
            return new DaytonaSocket(opening.get(), listener, silence);
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (InterruptedException e) {
            opening.thenAccept(WebSocket::abort);
            throw e;
        }
    }

    private static IOException failure(Throwable cause) {
        if (cause instanceof WebSocketHandshakeException refused) {
            return new IOException("it answered " + refused.getResponse().statusCode());
        }
        return cause instanceof IOException failure && failure.getMessage() != null ? failure : new IOException(cause.toString(), cause);
    }

    private static final class Listener implements WebSocket.Listener {

        private final Taker taker;
        private final CompletableFuture<Void> over = new CompletableFuture<>();
        private volatile long heardNanos = System.nanoTime();
        private volatile boolean taking;

        Listener(Taker taker) {
            this.taker = taker;
        }

        @Override
        public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
            heardNanos = System.nanoTime();
            socket.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            return taken(socket, data);
        }

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            return taken(socket, StandardCharsets.UTF_8.encode(data.toString()));
        }

        private @Nullable CompletionStage<?> taken(WebSocket socket, ByteBuffer data) {
            taking = true;
            try {
                taker.take(data);
                socket.request(1);
            } catch (IOException e) {
                over.complete(null);
                socket.abort();
            } finally {
                heardNanos = System.nanoTime();
                taking = false;
            }
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
            if (status == WebSocket.NORMAL_CLOSURE) {
                over.complete(null);
            } else {
                over.completeExceptionally(new IOException("it was closed with " + status));
            }
            return null;
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            over.completeExceptionally(failure(error));
        }
    }

    /** Returns once there is room for more. */
    void send(ByteBuffer piece) throws IOException, InterruptedException {
        await(socket.sendBinary(piece, true));
    }

    /** Nothing more will come from here; what comes from there still does. */
    void sendEnd() throws IOException, InterruptedException {
        await(socket.sendText("", true));
    }

    /** Returns when the other end has closed it, or this one has. */
    void awaitEnd() throws IOException, InterruptedException {
        await(over);
    }

    private static void await(CompletableFuture<?> done) throws IOException, InterruptedException {
        try {
            done.get();
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        }
    }

    /** For this reason, unless it has ended before. */
    void breakOff(IOException because) {
        over.completeExceptionally(because);
        socket.abort();
    }

    @Override
    public void close() {
        over.complete(null);
        socket.abort();
    }
}
