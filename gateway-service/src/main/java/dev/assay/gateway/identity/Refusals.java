// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.gateway.dialect.ModelError;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.ProblemWriter;
import dev.assay.kit.problem.Telemetry;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.authentication.AuthenticationServiceException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.stereotype.Component;

/** What is said to those who are not let in: to model clients in their own dialect, to everybody else as a problem. */
@Component
class Refusals implements AuthenticationEntryPoint, AccessDeniedHandler {

    static final String NO_KEY = "No API key. Send one as 'Authorization: Bearer <key>' (HUD_API_KEY for the command line client).";
    private static final String RUN_KEY = "The key of a run opens model calls and that run's spans, nothing else.";

    /** To whom nothing is known of. */
    @Override
    public void commence(HttpServletRequest request, HttpServletResponse response, AuthenticationException unknown) throws IOException {
        var refusal = Entrance.refusal(request);
        if (!Doors.ANY.matches(request)) {
            nothingThere(request, response);
        } else if (refusal instanceof LockedOutException lockedOut) {
            tooMany(request, response, lockedOut);
        } else if (refusal instanceof CrossSiteException || refusal instanceof ScopeException) {
            refuse(request, response, HttpStatus.FORBIDDEN, String.valueOf(refusal.getMessage()));
        } else if (refusal instanceof AuthenticationServiceException) {
            refuse(request, response, HttpStatus.SERVICE_UNAVAILABLE, String.valueOf(refusal.getMessage()));
        } else {
            refuse(request, response, HttpStatus.UNAUTHORIZED, refusal == null ? NO_KEY : String.valueOf(refusal.getMessage()));
        }
    }

    private static void tooMany(HttpServletRequest request, HttpServletResponse response, LockedOutException refusal) throws IOException {
        if (Entrance.INFERENCE.matches(request)) {
            ModelClients.lockedOut(refusal).write(request, response);
            return;
        }
        response.setHeader("Retry-After", String.valueOf(refusal.retryAfter()));
        ProblemWriter.write(response, HttpStatus.TOO_MANY_REQUESTS, String.valueOf(refusal.getMessage()));
    }

    /** To who is known, but not wanted here. */
    @Override
    public void handle(HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied) throws IOException {
        var ofRun = Entrant.current().filter(entrant -> entrant.caller().role() == Role.RUN).isPresent();
        if (ofRun && Doors.SPANS.matches(request)) {
            refuse(request, response, HttpStatus.NOT_FOUND, "There is no such run for this key.");
        } else if (ofRun && Doors.ANY.matches(request)) {
            refuse(request, response, HttpStatus.FORBIDDEN, RUN_KEY);
        } else {
            nothingThere(request, response);
        }
    }

    private static void nothingThere(HttpServletRequest request, HttpServletResponse response) throws IOException {
        refuse(request, response, HttpStatus.NOT_FOUND, "There is nothing at " + request.getMethod() + " " + request.getRequestURI() + ".");
    }

    private static void refuse(HttpServletRequest request, HttpServletResponse response, HttpStatus status, String detail)
            throws IOException {
        if (Entrance.INFERENCE.matches(request)) {
            var error = ModelError.of(status.value(), detail);
            (status == HttpStatus.SERVICE_UNAVAILABLE ? error.retryAfter(1.0) : error).write(request, response);
            return;
        }
        if (status == HttpStatus.SERVICE_UNAVAILABLE) {
            response.setHeader("Retry-After", Telemetry.retryAfter(request.getRequestURI()));
        }
        if (status == HttpStatus.UNAUTHORIZED) {
            response.setHeader("WWW-Authenticate", "Bearer");
        }
        ProblemWriter.write(response, status, detail);
    }
}
