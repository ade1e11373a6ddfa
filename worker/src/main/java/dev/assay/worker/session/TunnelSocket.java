// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.session;

import dev.assay.contracts.SessionId;
import dev.assay.kit.socket.Pulse;
import java.io.IOException;
import java.net.Socket;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.BinaryWebSocketHandler;

/**
 * {@code /internal/tunnels/{session}}: one connection to the session's environment. Binary messages are its bytes, however they are cut.
 * Whichever side blocks, the other waits. The first side to end ends both.
 */
@Component
class TunnelSocket extends BinaryWebSocketHandler {

    private static final Logger LOG = LoggerFactory.getLogger(TunnelSocket.class);
    private static final int CHUNK = 32 * 1024;
    private static final int LAST_READ_SECONDS = 2;

    /** A gateway that waits for a client who reads slowly reads nothing either, and may do so for ten minutes. */
    private static final int UNANSWERED = 30;

    private final RunSession sessions;
    private final SessionSettings settings;
    private final Map<String, Connection> connections = new ConcurrentHashMap<>();

    TunnelSocket(RunSession sessions, SessionSettings settings) {
        this.sessions = sessions;
        this.settings = settings;
    }

    private record Connection(OpenSession session, Socket socket, WritableByteChannel in, Pulse pulse) {}

    @Override
    public boolean supportsPartialMessages() {
        return true;
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession tunnel) throws IOException {
        var session = session(tunnel).flatMap(sessions::find);
        if (session.isEmpty()) {
            tunnel.close(CloseStatus.GOING_AWAY);
            return;
        }
        try {
            var socket = session.get().connect();
            var in = Channels.newChannel(socket.getOutputStream());
            var connection = new Connection(session.get(), socket, in, Pulse.of(tunnel, settings.tunnelPing(), UNANSWERED));
            connections.put(tunnel.getId(), connection);
            Thread.ofVirtual().name("tunnel").start(() -> pump(connection, tunnel));
        } catch (IOException e) {
            LOG.info("no tunnel for {}: {}", tunnel.getUri(), e.toString());
            tunnel.close(CloseStatus.GOING_AWAY);
        }
    }

    @Override
    protected void handleBinaryMessage(WebSocketSession tunnel, BinaryMessage message) {
        var connection = connections.get(tunnel.getId());
        if (connection != null) {
            try {
                connection.pulse().during(() -> {
                    var bytes = message.getPayload();
                    while (bytes.hasRemaining()) {
                        connection.in().write(bytes);
                    }
                });
            } catch (IOException e) {
                close(connection.socket()); // its reader then closes the tunnel
            }
        }
    }

    @Override
    protected void handlePongMessage(WebSocketSession tunnel, PongMessage message) {
        var connection = connections.get(tunnel.getId());
        if (connection != null) {
            connection.pulse().heard();
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

    /** Which one is asked for; empty if the path names none. */
    private static Optional<SessionId> session(WebSocketSession tunnel) {
        var path = String.valueOf(tunnel.getUri() == null ? "" : tunnel.getUri().getPath());
        try {
            return Optional.of(SessionId.parse(path.substring(path.lastIndexOf('/') + 1)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
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
