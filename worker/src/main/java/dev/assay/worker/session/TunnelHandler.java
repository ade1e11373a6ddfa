// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.session;

import dev.assay.contracts.SessionId;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.ProblemWriter;
import dev.assay.kit.socket.AcceptedSocket;
import dev.assay.kit.socket.ByteSocket;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.HttpRequestHandler;

/**
 * {@code /internal/tunnels/{session}}: one connection to the session's environment. Who joins is a service that means this worker and no
 * other: its token is made out to this worker's own name.
 */
@Component
class TunnelHandler implements HttpRequestHandler {

    private static final Logger LOG = LoggerFactory.getLogger(TunnelHandler.class);

    /** A gateway that waits for a client who reads slowly reads nothing either, and may do so for ten minutes. */
    private static final int UNANSWERED = 30;

    private final RunSession sessions;
    private final SessionSettings settings;

    TunnelHandler(RunSession sessions, SessionSettings settings) {
        this.sessions = sessions;
        this.settings = settings;
    }

    @Override
    public void handleRequest(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {
        if (!(request.getAttribute(Caller.class.getName()) instanceof Caller caller && caller.role() == Role.SERVICE)) {
            ProblemWriter.write(response, HttpStatus.FORBIDDEN, "Tunnels are for services.");
            return;
        }
        var path = request.getRequestURI();
        var name = path.substring(path.lastIndexOf('/') + 1);
        AcceptedSocket.accept(request, response, settings.tunnelPing(), UNANSWERED, gateway -> lead(gateway, name));
    }

    private void lead(ByteSocket gateway, String name) {
        try {
            var session = session(name).flatMap(sessions::find);
            if (session.isPresent()) {
                new Tunnel(gateway, session.get()).carry();
            } else {
                gateway.close(ByteSocket.GOING_AWAY);
                gateway.read(); // an end of the connection could overtake that word
            }
        } catch (IOException e) {
            LOG.debug("a tunnel of {} broke off: {}", name, e.toString());
        }
    }

    /** Which one is asked for; empty if the path names none. */
    private static Optional<SessionId> session(String name) {
        try {
            return Optional.of(SessionId.parse(name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
