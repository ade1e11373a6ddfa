// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.tunnel;

import dev.assay.gateway.identity.Entrant;
import dev.assay.gateway.identity.OpenConnections;
import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.identity.Role;
import dev.assay.kit.socket.AcceptedSocket;
import dev.assay.kit.socket.ByteSocket;
import dev.assay.kit.socket.DialledSocket;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.socket.CloseStatus;

/**
 * {@code /runtime/tunnels/{id}}: one connection to the control channel of a session's environment, through the worker that holds it.
 * Whichever side blocks, the other waits. The first side to end ends both, and so does the end of the key that opened it.
 */
@Component
class TunnelHandler implements HttpRequestHandler {

    private static final Logger log = LoggerFactory.getLogger(TunnelHandler.class);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final int UNANSWERED = 6;

    private final TunnelAdmission admission;
    private final InternalTokens tokens;
    private final OpenConnections connections;
    private final TunnelSettings settings;

    TunnelHandler(TunnelAdmission admission, InternalTokens tokens, OpenConnections connections, TunnelSettings settings) {
        this.admission = admission;
        this.tokens = tokens;
        this.connections = connections;
        this.settings = settings;
    }

    @Override
    public void handleRequest(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        var entrant = Entrant.current();
        var target = admission.admit(entrant, request, response);
        if (entrant.isPresent() && target.isPresent()) {
            AcceptedSocket.accept(
                    request, response, settings.ping(), UNANSWERED, client -> lead(client, target.get(), entrant.get()));
        }
    }

    private void lead(ByteSocket client, TunnelAdmission.Target target, Entrant entrant) {
        // to clients a normal end: they try again, and are refused
        connections.opened(client, why -> client.close(why.getCode()), entrant, CloseStatus.GOING_AWAY);
        try {
            Tunnel.join(client, DialledSocket.connect(target.address(), tokens.mint(Role.SERVICE, target.worker()), CONNECT));
        } catch (IOException e) {
            log.warn("no tunnel to {}: {}", target.address(), e.toString());
            Tunnel.end(client);
        } finally {
            connections.closed(client);
        }
    }
}
