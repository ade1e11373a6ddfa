// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.WebSocket;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a port on a pod's loopback device, by way of the API server. The library's own way drops what is sent faster than it
 * leaves, and does not end what ended on this side.
 */
final class PodForward implements WebSocket.Listener {

    /** What this side of the connection is. */
    @FunctionalInterface
    interface Local {
        ByteChannel open() throws IOException;
    }

    private static final int CHUNK = 32 * 1024;
    private static final byte DATA = 0;
    private static final int PORTS = 2;
    private static final int NORMAL = 1000;
    private static final Duration CONNECT = Duration.ofSeconds(30);

    /** A forwarded port knows no half of a connection: whoever has said all is given a while to be answered. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(10);

    private final Local local;
    private final boolean whenSpokenTo;
    private final Consumer<@Nullable String> onEnd;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable ByteChannel channel;
    private volatile @Nullable WebSocket webSocket;
    private int messages;

    private PodForward(Local local, boolean whenSpokenTo, Consumer<@Nullable String> onEnd) {
        this.local = local;
        this.whenSpokenTo = whenSpokenTo;
        this.onEnd = onEnd;
    }

    /**
     * @param whenSpokenTo whether this side is opened with the first bytes that come, and not before
     * @param onEnd called once; with why, if the way broke, or null if one of both sides ended
     */
    static PodForward open(
            KubernetesClient client, String namespace, String pod, int port, Local local, boolean whenSpokenTo,
            Consumer<@Nullable String> onEnd) {
        var forward = new PodForward(local, whenSpokenTo, onEnd);
        try {
            client.getHttpClient().newWebSocketBuilder()
                    .uri(URI.create(client.getMasterUrl() + "api/v1/namespaces/" + namespace + "/pods/" + pod + "/portforward?ports=" + port))
                    .connectTimeout(CONNECT.toMillis(), TimeUnit.MILLISECONDS)
                    .subprotocol("v4.channel.k8s.io")
                    .buildAsync(forward)
                    .exceptionally(e -> {
                        forward.end(e);
                        return null;
                    });
        } catch (IllegalStateException closed) {
            forward.end(closed);
        }
        return forward;
    }

    @Override
    public void onOpen(WebSocket opened) {
        webSocket = opened;
        if (ended.get()) {
            opened.sendClose(NORMAL, "over");
        } else if (!whenSpokenTo) {
            Thread.startVirtualThread(this::openLocal);
        }
    }

    private @Nullable ByteChannel openLocal() {
        try {
            var opened = local.open();
            channel = opened;
            if (ended.get()) {
                opened.close();
                return null;
            }
            Thread.startVirtualThread(() -> send(opened));
            return opened;
        } catch (IOException e) {
            end((String) null);
            return null;
        }
    }

    private void send(ByteChannel from) {
        var buffer = ByteBuffer.allocate(CHUNK);
        try {
            while (true) {
                buffer.clear().put(DATA);
                if (from.read(buffer) < 0) {
                    // whoever answered is done; whoever asked may be waiting
                    var end = whenSpokenTo ? Duration.ZERO : LAST_WORDS;
                    CompletableFuture.delayedExecutor(end.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread).execute(() -> end((String) null));
                    return;
                }
                var to = webSocket;
                if (to == null || !to.send(buffer.flip())) {
                    end("nothing can be sent to its pod any more");
                    return;
                }
                while (to.queueSize() > 0 && !ended.get()) {
                    Thread.sleep(1); // it takes one message at a time
                }
            }
        } catch (IOException e) {
            end((String) null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The next message is asked for when this one is where it belongs. */
    @Override
    public void onMessage(WebSocket from, ByteBuffer message) {
        messages++;
        if (messages <= PORTS) {
            from.request(); // each of the two streams begins with the port's number
        } else if (message.hasRemaining() && message.get() == DATA) {
            Thread.startVirtualThread(() -> deliver(from, message));
        } else {
            end((String) null); // what listens in there does not, or ended it
        }
    }

    private void deliver(WebSocket from, ByteBuffer message) {
        try {
            var to = channel == null && whenSpokenTo ? openLocal() : awaitLocal();
            while (to != null && message.hasRemaining()) {
                to.write(message);
            }
            from.request();
        } catch (IOException e) {
            end((String) null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** It is being opened. */
    private @Nullable ByteChannel awaitLocal() throws InterruptedException {
        while (channel == null && !ended.get()) {
            Thread.sleep(1);
        }
        return channel;
    }

    @Override
    public void onClose(WebSocket closed, int code, @Nullable String reason) {
        end(code == NORMAL ? null : "the API server ended the connection to its pod (" + code + ")");
    }

    @Override
    public void onError(WebSocket broken, Throwable e) {
        end(e);
    }

    private void end(Throwable e) {
        var root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        end("the connection to its pod broke off: " + (root.getMessage() == null ? root : root.getMessage()));
    }

    void close() {
        end((String) null);
    }

    private void end(@Nullable String brokenBecause) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        var from = webSocket;
        if (from != null) {
            from.sendClose(NORMAL, "over");
        }
        var to = channel;
        if (to != null) {
            try {
                to.close();
            } catch (IOException e) {
                // it is closed
            }
        }
        onEnd.accept(brokenBecause);
    }
}
