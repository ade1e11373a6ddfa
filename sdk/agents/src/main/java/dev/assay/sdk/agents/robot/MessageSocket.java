// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import dev.assay.sdk.agents.http.MessageMeter;
import dev.assay.sdk.agents.http.RoutedHttp;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okio.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * A web socket of binary messages: the first, which is a greeting, waits until it is read; of the others the newest that was not read yet
 * is kept, and older ones are dropped. A message of text is the other end's word for an error. For one reader.
 */
final class MessageSocket implements AutoCloseable {

    private static final Duration GOODBYE = Duration.ofSeconds(2);
    private static final int LONGEST_TEXT = 2000;
    private static final int NORMAL = 1000;

    private final String whose;
    private final OkHttpClient client;
    private final WebSocket socket;
    private final CountDownLatch ended = new CountDownLatch(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile boolean opened;
    private boolean greeted;
    private byte @Nullable [] greeting;
    private byte @Nullable [] newest;
    private @Nullable String error;
    private @Nullable String end;

    /**
     * Dials; that it worked is known by the first message.
     *
     * @param whose other end it is, for people: {@code the policy at example.org:8000}
     * @param longest message that is read, in bytes
     */
    MessageSocket(String whose, HttpUrl url, RoutedHttp.Dial dial, long longest) {
        this.whose = whose;
        var meter = new MessageMeter(whose, longest);
        client = RoutedHttp.webSocket(dial, meter);
        socket = client.newWebSocket(new Request.Builder().url(url).build(), new WebSocketListener() {
            @Override
            public void onOpen(WebSocket socket, Response response) {
                opened = true;
            }

            @Override
            public void onMessage(WebSocket socket, ByteString bytes) {
                meter.reset();
                changed(() -> keep(bytes.toByteArray()));
            }

            @Override
            public void onMessage(WebSocket socket, String text) {
                meter.reset();
                changed(() -> error = text.strip());
            }

            @Override
            public void onClosing(WebSocket socket, int code, String reason) {
                socket.close(NORMAL, null);
                over("closed the connection (" + code + (reason.isEmpty() ? "" : " " + reason) + ")");
            }

            @Override
            public void onFailure(WebSocket socket, Throwable failure, @Nullable Response response) {
                over(response != null && !opened
                        ? "answers HTTP " + response.code() + " and is no web socket"
                        : (opened ? "was lost: " : "cannot be reached: ") + cause(failure));
            }
        });
    }

    /** @throws IllegalArgumentException if that is no address of a web socket */
    static HttpUrl url(URI address) {
        var scheme = switch (String.valueOf(address.getScheme())) {
            case "ws" -> "http";
            case "wss" -> "https";
            default -> throw new IllegalArgumentException("no address of a web socket: " + address);
        };
        return HttpUrl.get(scheme + address.toString().substring(address.getScheme().length()));
    }

    /** The library's own words name an address of its own, not the one that was dialled. */
    private static String cause(Throwable failure) {
        var cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private void keep(byte[] message) {
        if (greeted) {
            newest = message;
        } else {
            greeting = message;
            greeted = true;
        }
    }

    private void over(String how) {
        changed(() -> end = end == null ? whose + " " + how : end);
        ended.countDown();
    }

    private void changed(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * The greeting, or after it the newest message, once there is one. An error that came counts before it, a connection's end after it.
     *
     * @param limit null: as long as it takes
     * @throws IOException if the other end tells of an error, is gone, or says nothing within the limit
     */
    byte[] receive(@Nullable Duration limit) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            var message = awaitMessage(limit);
            if (message == greeting) {
                greeting = null;
            } else {
                newest = null;
            }
            return message;
        } finally {
            lock.unlock();
        }
    }

    /** The same, and the message is still there to be received, or a newer one. */
    void await(Duration limit) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            awaitMessage(limit);
        } finally {
            lock.unlock();
        }
    }

    private byte[] awaitMessage(@Nullable Duration limit) throws IOException, InterruptedException {
        long left = limit == null ? Long.MAX_VALUE : limit.toNanos();
        while (error == null && greeting == null && newest == null && end == null && left > 0) {
            left = changed.awaitNanos(left);
        }
        if (error != null) {
            throw new IOException(whose + " says: " + (error.length() > LONGEST_TEXT ? "… " + tail(error) : error));
        }
        if (greeting != null) {
            return greeting;
        }
        if (newest != null) {
            return newest;
        }
        throw new IOException(end != null || limit == null ? end : whose + " said nothing for " + limit.toSeconds() + " seconds");
    }

    /** Of a traceback the end tells most. */
    private static String tail(String text) {
        return text.substring(text.length() - LONGEST_TEXT);
    }

    /** @throws IOException if more waits to be sent than there is room for, or the connection ended */
    void send(byte[] message) throws IOException {
        if (!socket.send(ByteString.of(message))) {
            lock.lock();
            try {
                throw new IOException(end != null ? end : whose + " is sent no message of " + message.length + " bytes: it is too large");
            } finally {
                lock.unlock();
            }
        }
    }

    /** Says goodbye, and waits a moment for the answer. */
    @Override
    public void close() {
        try {
            if (socket.close(NORMAL, null)) {
                ended.await(GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            socket.cancel();
            client.dispatcher().executorService().shutdown();
        }
    }
}
