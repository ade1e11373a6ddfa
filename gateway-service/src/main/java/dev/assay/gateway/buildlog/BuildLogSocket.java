// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.buildlog;

import dev.assay.contracts.BuildId;
import dev.assay.gateway.identity.Callers;
import dev.assay.gateway.identity.Credentials;
import dev.assay.gateway.identity.Entrant;
import dev.assay.gateway.identity.OpenConnections;
import dev.assay.gateway.routing.PublicAddress;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.handler.TextWebSocketHandler;

/**
 * {@code /v2/builds/{id}/logs?api_key=…}: a build's log as it grows, from its start on every connection. Whoever may not see the build
 * is told so after the handshake, by close code 4003: the client cannot read a refused handshake. So is whoever's key is revoked while
 * reading.
 */
@Component
class BuildLogSocket extends TextWebSocketHandler {

    private static final Logger log = LoggerFactory.getLogger(BuildLogSocket.class);
    private static final Pattern PATH = Pattern.compile("/v2/builds/([^/]+)/logs");
    private static final CloseStatus DENIED = new CloseStatus(4003, "no such build for this key");

    private final Callers callers;
    private final PublicAddress addresses;
    private final OpenConnections connections;
    private final BuildLogs builds;
    private final Map<String, Thread> tails = new ConcurrentHashMap<>();

    BuildLogSocket(Callers callers, PublicAddress addresses, OpenConnections connections, BuildLogs builds) {
        this.callers = callers;
        this.addresses = addresses;
        this.connections = connections;
        this.builds = builds;
    }

    @Override
    public void afterConnectionEstablished(WebSocketSession session) {
        tails.put(session.getId(), Thread.ofVirtual().name("build log").start(() -> tail(session)));
    }

    @Override
    public void afterConnectionClosed(WebSocketSession session, CloseStatus status) {
        connections.closed(session);
        var tail = tails.remove(session.getId());
        // Not the tail itself when it closes the session: an interrupted thread's write would cut the connection before its last frame.
        if (tail != null && tail != Thread.currentThread()) {
            tail.interrupt();
        }
    }

    private void tail(WebSocketSession session) {
        try {
            var uri = session.getUri();
            var reader = uri == null
                    ? Optional.<Entrant>empty()
                    : Credentials.parameter(uri.getRawQuery(), "api_key").flatMap(key -> callers.reader(key, () -> addresses.ofClient(
                            session.getRemoteAddress().getAddress().getHostAddress(), session.getHandshakeHeaders().getOrEmpty("X-Forwarded-For"))));
            reader.ifPresent(entrant -> connections.opened(session, session::close, entrant, DENIED));
            var build = uri == null ? Optional.<BuildId>empty() : build(uri.getRawPath());
            var seen = reader.isPresent() && build.isPresent()
                    && new BuildLogTail(builds, build.get(), reader.get().caller().team()).send(new BuildLogFrames(session));
            session.close(seen ? CloseStatus.NORMAL : DENIED);
        } catch (IOException e) {
            log.debug("a reader of a build log left: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the reader left, or the gateway stops
        } catch (RuntimeException e) {
            log.error("a build log broke off", e);
            close(session);
        } finally {
            connections.closed(session);
            tails.remove(session.getId());
        }
    }

    private static void close(WebSocketSession session) {
        try {
            session.close(CloseStatus.SERVER_ERROR);
        } catch (IOException e) {
            log.debug("a reader of a build log left: {}", e.toString());
        }
    }

    private static Optional<BuildId> build(String path) {
        var matcher = PATH.matcher(path);
        try {
            return matcher.find() ? Optional.of(BuildId.parse(matcher.group(1))) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
