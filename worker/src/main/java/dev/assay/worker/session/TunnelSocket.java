// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.session;

import dev.assay.contracts.SessionId;
import java.io.IOException;
import java.net.Socket;
import java.nio.channels.Channels;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.standard.StandardWebSocketSession;
import org.springframework.web.socket.handler.BinaryWebSocketHandler;

/**
 * {@code /internal/tunnels/{session}}: one connection to the session's environment. Binary messages are its bytes, however they are cut.
 * Whichever side blocks, the other waits. The first side to end ends both.
 */
@Component
class TunnelSocket extends BinaryWebSocketHandler {

    private static final Logger LOG = LoggerFactory.getLogger(TunnelSocket.class);
    private static final int CHUNK = 64 * 1024;
    private static final int LAST_READ_SECONDS = 2;
    private static final String SEND_TIMEOUT = "org.apache.tomcat.websocket.BLOCKING_SEND_TIMEOUT";
    private static final long SLOWEST_READER_MILLIS = 600_000;

    private final RunSession sessions;
    private final Map<String, Connection> connections = new ConcurrentHashMap<>();

    TunnelSocket(RunSession sessions) {
        this.sessions = sessions;
    }

    private record Connection(OpenSession session, Socket socket) {}

    @Override
    public boolean supportsPartialMessages() {
        return true;
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession tunnel) throws IOException {
        var session = sessions.find(id(tunnel));
        if (session.isEmpty()) {
            tunnel.close(CloseStatus.GOING_AWAY);
            return;
        }
        if (tunnel instanceof StandardWebSocketSession standard) {
            standard.getNativeSession().getUserProperties().put(SEND_TIMEOUT, SLOWEST_READER_MILLIS);
        }
        try {
            var connection = new Connection(session.get(), session.get().connect());
            connections.put(tunnel.getId(), connection);
            Thread.ofVirtual().name("tunnel").start(() -> pump(connection, tunnel));
        } catch (IOException e) {
            LOG.info("no tunnel to session {}: {}", id(tunnel), e.toString());
            tunnel.close(CloseStatus.GOING_AWAY);
        }
    }

    @Override
    protected void handleBinaryMessage(WebSocketSession tunnel, BinaryMessage message) throws IOException {
        var connection = connections.get(tunnel.getId());
        if (connection != null) {
            try {
                var bytes = message.getPayload();
                var to = Channels.newChannel(connection.socket().getOutputStream());
                while (bytes.hasRemaining()) {
                    to.write(bytes);
                }
            } catch (IOException e) {
                close(connection.socket()); // its reader then closes the tunnel
            }
        }
    }

    /** The environment hears the end, and has a moment to read what came before it. */
    @Override
    public void afterConnectionClosed(WebSocketSession tunnel, CloseStatus status) {
        var connection = connections.remove(tunnel.getId());
        if (connection != null) {
            connection.session().disconnected(connection.socket());
            try {
                connection.socket().shutdownOutput();
                CompletableFuture.delayedExecutor(LAST_READ_SECONDS, TimeUnit.SECONDS).execute(() -> close(connection.socket()));
            } catch (IOException e) {
                close(connection.socket());
            }
        }
    }

    private static void pump(Connection connection, WebSocketSession tunnel) {
        var buffer = new byte[CHUNK];
        try (var socket = connection.socket()) {
            var from = socket.getInputStream();
            for (int read; (read = from.read(buffer)) >= 0; ) {
                if (tunnel.isOpen()) {
                    tunnel.sendMessage(new BinaryMessage(buffer, 0, read, true));
                }
            }
        } catch (IOException | IllegalStateException e) {
            LOG.debug("a tunnel broke off: {}", e.toString());
        }
        try {
            tunnel.close(CloseStatus.NORMAL);
        } catch (IOException e) {
            LOG.debug("a tunnel was gone already: {}", e.toString());
        }
    }

    private static SessionId id(WebSocketSession tunnel) {
        var path = String.valueOf(tunnel.getUri() == null ? "" : tunnel.getUri().getPath());
        try {
            return SessionId.parse(path.substring(path.lastIndexOf('/') + 1));
        } catch (IllegalArgumentException e) {
            return SessionId.random(); // nobody's
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("a connection was gone already: {}", e.toString());
        }
    }
}
