// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.tunnel;

import dev.assay.gateway.identity.Entrant;
import dev.assay.gateway.identity.OpenConnections;
import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.identity.Role;
import dev.assay.kit.socket.Pulse;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.BinaryWebSocketHandler;

/**
 * {@code /runtime/tunnels/{id}}: one connection to the control channel of a session's environment, through the worker that holds it.
 * Whichever side blocks, the other waits. The first side to end ends both, and so does the end of the key that opened it.
 */
@Component
class TunnelSocket extends BinaryWebSocketHandler {

    private static final Logger log = LoggerFactory.getLogger(TunnelSocket.class);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final int UNANSWERED = 6;

    private final HttpClient workers = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
    private final InternalTokens tokens;
    private final OpenConnections connections;
    private final TunnelSettings settings;
    private final Map<String, Joined> joined = new ConcurrentHashMap<>();

    TunnelSocket(InternalTokens tokens, OpenConnections connections, TunnelSettings settings) {
        this.tokens = tokens;
        this.connections = connections;
        this.settings = settings;
    }

    private record Joined(Tunnel tunnel, Pulse pulse) {}

    @Override
    public boolean supportsPartialMessages() {
        return true;
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession client) throws IOException {
        var target = (TunnelAdmission.Target) client.getAttributes().get(TunnelAdmission.TARGET);
        var tunnel = new Tunnel(client);
        joined.put(client.getId(), new Joined(tunnel, Pulse.of(client, settings.ping(), UNANSWERED)));
        // to clients a normal end: they try again, and are refused
        connections.opened(client, (Entrant) client.getAttributes().get(TunnelAdmission.ENTRANT), CloseStatus.GOING_AWAY);
        try {
            workers.newWebSocketBuilder()
                    .connectTimeout(CONNECT)
                    .header("Authorization", "Bearer " + tokens.mint(Role.SERVICE, target.worker()))
                    .buildAsync(target.address(), tunnel)
                    .join();
        } catch (CompletionException e) {
            log.warn("no tunnel to {}: {}", target.address(), e.getCause().toString());
            client.close(CloseStatus.GOING_AWAY); // to clients a normal end: they try again
        }
    }

    @Override
    protected void handleBinaryMessage(WebSocketSession client, BinaryMessage message) throws IOException {
        var both = joined.get(client.getId());
        if (both != null) {
            both.pulse().during(() -> both.tunnel().send(message.getPayload()));
        }
    }

    @Override
    protected void handlePongMessage(WebSocketSession client, PongMessage message) {
        var both = joined.get(client.getId());
        if (both != null) {
            both.pulse().heard();
        }
    }

    @Override
    public void afterConnectionClosed(WebSocketSession client, CloseStatus status) {
        connections.closed(client);
        var both = joined.remove(client.getId());
        if (both != null) {
            both.tunnel().clientLeft();
        }
    }
}
