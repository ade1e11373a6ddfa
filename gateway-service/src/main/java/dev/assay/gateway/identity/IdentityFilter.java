// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import dev.assay.contracts.RunId;
import dev.assay.gateway.dialect.ModelError;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import dev.assay.kit.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.annotation.Order;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import org.springframework.web.client.RestClientException;
import org.springframework.web.filter.OncePerRequestFilter;

/** Asks every request for what its door wants, and tells the rest of the gateway who is calling. */
@Component
@Order(IdentityFilter.ORDER)
class IdentityFilter extends OncePerRequestFilter {

    static final int ORDER = Integer.MIN_VALUE + 200;
    private static final Logger log = LoggerFactory.getLogger(IdentityFilter.class);
    private static final Caller GRANT_HOLDER = Caller.of(Role.GRANT);
    private static final Caller OPERATOR = Caller.of(Role.OPERATOR);
    private static final String NO_KEY = "No API key. Send one as 'Authorization: Bearer <key>' (HUD_API_KEY for the command line client).";
    private static final String BAD_KEY = "This API key is not valid here: it is mistyped, revoked, or another platform's.";
    private static final String RUN_KEY = "The key of a run opens model calls and that run's spans, nothing else.";

    private final Callers callers;
    private final RunLife runs;
    private final AdminToken admin;

    IdentityFilter(Callers callers, RunLife runs, AdminToken admin) {
        this.callers = callers;
        this.runs = runs;
        this.admin = admin;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        switch (Door.of(request.getRequestURI())) {
            case OPEN -> chain.doFilter(request, response);
            case GRANT -> pass(GRANT_HOLDER, request, response, chain);
            case ADMIN -> {
                var refusal = admin.refusal(Credentials.bearer(request));
                if (refusal == null) {
                    pass(OPERATOR, request, response, chain);
                } else {
                    ProblemWriter.write(response, HttpStatus.UNAUTHORIZED, refusal);
                }
            }
            case KEY -> member(Credentials.bearer(request).stream().toList(), request, response, chain);
            case SPANS -> spans(request, response, chain);
            case INFERENCE -> inference(Credentials.ofModelClient(request), request, response, chain);
        }
    }

    private void member(List<String> keys, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (keys.stream().anyMatch(key -> callers.run(key).isPresent())) {
            ProblemWriter.write(response, HttpStatus.FORBIDDEN, RUN_KEY);
            return;
        }
        for (var key : keys) {
            try {
                var caller = callers.member(key);
                if (caller.isPresent()) {
                    pass(caller.get(), request, response, chain);
                    return;
                }
            } catch (DataAccessException | TransactionException e) {
                log.error("cannot look up a key", e);
                response.setHeader("Retry-After", "1");
                ProblemWriter.write(response, HttpStatus.SERVICE_UNAVAILABLE, "Keys cannot be checked just now. Try again.");
                return;
            }
        }
        response.setHeader("WWW-Authenticate", "Bearer");
        ProblemWriter.write(response, HttpStatus.UNAUTHORIZED, keys.isEmpty() ? NO_KEY : BAD_KEY);
    }

    /** Spans are taken for as long as the run's key is good, whether or not its attempt lives: the last ones arrive after its end. */
    private void spans(HttpServletRequest request, HttpServletResponse response, FilterChain chain) throws ServletException, IOException {
        var keys = Credentials.bearer(request).stream().toList();
        var run = keys.stream().flatMap(key -> callers.run(key).stream()).findFirst();
        if (run.isEmpty()) {
            member(keys, request, response, chain);
            return;
        }
        var path = Door.SPAN_UPLOAD.matcher(request.getRequestURI());
        if (!path.matches() || !names(run.get().run(), path.group("run"))) {
            ProblemWriter.write(response, HttpStatus.NOT_FOUND, "There is no such run for this key.");
            return;
        }
        pass(Callers.holding(run.get()), request, response, chain);
    }

    private static boolean names(RunId run, String text) {
        try {
            return RunId.parse(text).equals(run);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private void inference(List<String> keys, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Caller caller;
        var dead = false;
        try {
            caller = null;
            for (var key : keys) {
                var run = callers.run(key);
                if (run.isPresent() && !runs.lives(run.get())) {
                    dead = true;
                    continue;
                }
                caller = run.map(Callers::holding).or(() -> callers.member(key)).orElse(null);
                if (caller != null) {
                    break;
                }
            }
        } catch (DataAccessException | TransactionException | RestClientException e) {
            log.error("cannot look up a key", e);
            ModelError.unavailable("Keys cannot be checked just now. Try again.", 1).write(request, response);
            return;
        }
        if (caller == null) {
            ModelError.unauthorized(dead ? "The attempt that this run's key was made for has ended." : keys.isEmpty() ? NO_KEY : BAD_KEY)
                    .write(request, response);
            return;
        }
        pass(caller, request, response, chain);
    }

    private static void pass(Caller caller, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        request.setAttribute(Caller.class.getName(), caller);
        chain.doFilter(request, response);
    }
}
