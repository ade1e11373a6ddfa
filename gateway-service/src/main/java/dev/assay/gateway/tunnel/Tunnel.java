// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.tunnel;

import java.io.IOException;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;

/** Two WebSockets joined into one. What comes from the worker is asked for only when the client has taken what came before. */
final class Tunnel implements WebSocket.Listener {

    private static final Logger log = LoggerFactory.getLogger(Tunnel.class);
    private static final int CLOSING_SECONDS = 5;

    private final WebSocketSession client;
    private volatile @Nullable WebSocket worker;
    private boolean left;

    Tunnel(WebSocketSession client) {
        this.client = client;
    }

    @Override
    public void onOpen(WebSocket opened) {
        boolean alone;
        synchronized (this) {
            worker = opened;
            alone = left;
        }
        if (alone) {
            close(opened);
        }
        opened.request(1);
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer bytes, boolean last) {
        try {
            if (client.isOpen()) {
                client.sendMessage(new BinaryMessage(bytes));
            }
        } catch (IOException | IllegalStateException e) {
            log.debug("a client of a tunnel left: {}", e.toString());
            closeClient(CloseStatus.GOING_AWAY);
        }
        from.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        // anything but these two makes clients print a traceback
        closeClient(code == WebSocket.NORMAL_CLOSURE ? CloseStatus.NORMAL : CloseStatus.GOING_AWAY);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        log.debug("a tunnel broke off: {}", failure.toString());
        closeClient(CloseStatus.GOING_AWAY);
    }

    /** Returns when the worker has taken it, so that a client cannot send faster than its environment reads. */
    void send(ByteBuffer bytes) {
        var to = worker;
        if (to == null) {
            return;
        }
        try {
            to.sendBinary(bytes, true).join();
        } catch (CompletionException e) {
            log.debug("a tunnel broke off: {}", e.getCause().toString());
            closeClient(CloseStatus.GOING_AWAY);
        }
    }

    /** It may leave before the worker has answered: whoever is second of the two ends the worker's side. */
    void clientLeft() {
        WebSocket alone;
        synchronized (this) {
            left = true;
            alone = worker;
        }
        if (alone != null) {
            close(alone);
        }
    }

    private static void close(WebSocket worker) {
        if (!worker.isOutputClosed()) {
            // the last bytes are still under way: a close frame goes after them, an abort would overtake them
            worker.sendClose(WebSocket.NORMAL_CLOSURE, "");
            CompletableFuture.delayedExecutor(CLOSING_SECONDS, TimeUnit.SECONDS).execute(worker::abort);
        }
    }

    private void closeClient(CloseStatus status) {
        try {
            client.close(status);
        } catch (IOException e) {
            log.debug("a client of a tunnel was gone already: {}", e.toString());
        }
    }
}
