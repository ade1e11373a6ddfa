// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.tunnel;

import dev.assay.contracts.SessionId;
import dev.assay.gateway.identity.Entrant;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.ProblemWriter;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClientException;
import org.springframework.web.socket.WebSocketHandler;
import org.springframework.web.socket.server.HandshakeInterceptor;

/** Refuses the handshake unless the caller's team has that session and its sandbox serves. Clients try again. */
@Component
class TunnelAdmission implements HandshakeInterceptor {

    /** Where the tunnel leads to, among the attributes of its WebSocket. */
    static final String TARGET = TunnelAdmission.class.getName();

    /** Who opened it. */
    static final String ENTRANT = Entrant.class.getName();

    private static final Logger log = LoggerFactory.getLogger(TunnelAdmission.class);

    private final SessionPlaces sessions;

    TunnelAdmission(SessionPlaces sessions) {
        this.sessions = sessions;
    }

    @Override
    public boolean beforeHandshake(
            ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler, Map<String, Object> attributes)
            throws IOException {
        var servletRequest = ((ServletServerHttpRequest) request).getServletRequest();
        var servletResponse = ((ServletServerHttpResponse) response).getServletResponse();
        var path = servletRequest.getRequestURI();
        var name = path.substring(path.lastIndexOf('/') + 1);
        try {
            var session = SessionId.parse(name);
            var entrant = Entrant.current();
            if (entrant.isPresent() && !entrant.get().caller().role().covers(Role.MEMBER)) {
                ProblemWriter.write(servletResponse, HttpStatus.FORBIDDEN, "Driving a sandbox takes member.");
                return false;
            }
            var place = entrant.flatMap(known -> sessions.find(session, known.caller().team()));
            if (place.isPresent() && place.get().state().equals("ready") && place.get().address() != null && place.get().worker() != null) {
                attributes.put(ENTRANT, entrant.get());
                attributes.put(TARGET, target(place.get().worker(), place.get().address(), session));
                return true;
            }
            if (place.isEmpty()) {
                ProblemWriter.write(servletResponse, HttpStatus.NOT_FOUND, "There is no session " + name + " in your team.");
            } else if (place.get().state().equals("ended")) {
                var why = place.get().error();
                ProblemWriter.write(
                        servletResponse, HttpStatus.NOT_FOUND, "Session " + name + " has ended" + (why == null ? "." : ": " + why));
            } else {
                servletResponse.setHeader("Retry-After", "1");
                ProblemWriter.write(
                        servletResponse, HttpStatus.SERVICE_UNAVAILABLE, "Session " + name + " is " + place.get().state() + ". Try again.");
            }
        } catch (IllegalArgumentException e) {
            ProblemWriter.write(servletResponse, HttpStatus.NOT_FOUND, "There is no such session: " + e.getMessage() + ".");
        } catch (RestClientException e) {
            log.warn("cannot ask for a session: {}", e.toString());
            servletResponse.setHeader("Retry-After", "1");
            ProblemWriter.write(servletResponse, HttpStatus.SERVICE_UNAVAILABLE, "Sessions cannot be found just now. Try again.");
        }
        return false;
    }

    @Override
    public void afterHandshake(
            ServerHttpRequest request, ServerHttpResponse response, WebSocketHandler handler, @Nullable Exception failure) {}

    /** @param worker who is to hold the session there: nobody else can do anything with the token that it is shown */
    record Target(String worker, URI address) {}

    private static Target target(String worker, String address, SessionId session) {
        var socket = URI.create("ws" + address.substring("http".length()).replaceAll("/+$", "") + "/internal/tunnels/" + session);
        return new Target(worker, socket);
    }
}
