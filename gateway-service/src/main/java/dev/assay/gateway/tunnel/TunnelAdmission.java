// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.tunnel;

import dev.assay.contracts.SessionId;
import dev.assay.gateway.identity.Entrant;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.ProblemWriter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClientException;

/** Refuses the handshake unless the caller's team has that session and its sandbox serves. Clients try again. */
@Component
class TunnelAdmission {

    private static final Logger log = LoggerFactory.getLogger(TunnelAdmission.class);

    private final SessionPlaces sessions;

    TunnelAdmission(SessionPlaces sessions) {
        this.sessions = sessions;
    }

    /** Where the tunnel leads to; empty: it is refused, and has its answer. */
    Optional<Target> admit(Optional<Entrant> entrant, HttpServletRequest request, HttpServletResponse response) throws IOException {
        var path = request.getRequestURI();
        var name = path.substring(path.lastIndexOf('/') + 1);
        try {
            var session = SessionId.parse(name);
            if (entrant.isPresent() && !entrant.get().caller().role().covers(Role.MEMBER)) {
                ProblemWriter.write(response, HttpStatus.FORBIDDEN, "Driving a sandbox takes member.");
                return Optional.empty();
            }
            var place = entrant.flatMap(known -> sessions.find(session, known.caller().team()));
            if (place.isPresent() && place.get().state().equals("ready") && place.get().address() != null && place.get().worker() != null) {
                return Optional.of(target(place.get().worker(), place.get().address(), session));
            }
            if (place.isEmpty()) {
                ProblemWriter.write(response, HttpStatus.NOT_FOUND, "There is no session " + name + " in your team.");
            } else if (place.get().state().equals("ended")) {
                var why = place.get().error();
                ProblemWriter.write(
                        response, HttpStatus.NOT_FOUND, "Session " + name + " has ended" + (why == null ? "." : ": " + why));
            } else {
                response.setHeader("Retry-After", "1");
                ProblemWriter.write(
                        response, HttpStatus.SERVICE_UNAVAILABLE, "Session " + name + " is " + place.get().state() + ". Try again.");
            }
        } catch (IllegalArgumentException e) {
            ProblemWriter.write(response, HttpStatus.NOT_FOUND, "There is no such session: " + e.getMessage() + ".");
        } catch (RestClientException e) {
            log.warn("cannot ask for a session: {}", e.toString());
            response.setHeader("Retry-After", "1");
            ProblemWriter.write(response, HttpStatus.SERVICE_UNAVAILABLE, "Sessions cannot be found just now. Try again.");
        }
        return Optional.empty();
    }

    /** @param worker who is to hold the session there: nobody else can do anything with the token that it is shown */
    record Target(String worker, URI address) {}

    private static Target target(String worker, String address, SessionId session) {
        var socket = URI.create(address.replaceAll("/+$", "") + "/internal/tunnels/" + session);
        return new Target(worker, socket);
    }
}
