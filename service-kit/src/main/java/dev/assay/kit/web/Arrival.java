// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import dev.assay.kit.problem.ProblemWriter;
import dev.assay.kit.problem.Telemetry;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.util.Collections;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * What is read of a request before anything else. Its id: the client's own if it is one, else a new one, which stands in the answer, in the
 * lines of the log and in problems, and goes on to other services. And its deadline: what is late already is not begun. Spans are taken
 * whatever else their request says.
 */
public final class Arrival extends OncePerRequestFilter {

    public static final String REQUEST_ID = ProblemWriter.REQUEST_ID;

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,128}");
    private static final String LOGGED = "request_id";

    private final Clock clock;

    Arrival(Clock clock) {
        this.clock = clock;
    }

    /** What a request is called that says so itself; null: it does not, or not with letters, digits, dots, dashes and underscores alone. */
    public static @Nullable String id(@Nullable String said) {
        return said != null && ID.matcher(said).matches() ? said : null;
    }

    /** The id of a request. */
    public static String requestId(HttpServletRequest request) {
        return request.getAttribute(REQUEST_ID) instanceof String id ? id : "";
    }

    /** Until when it is waited for; empty: nobody said. */
    public static Optional<Deadline> deadline(HttpServletRequest request) {
        return request.getAttribute(Deadline.HEADER) instanceof Deadline deadline ? Optional.of(deadline) : Optional.empty();
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var said = id(request.getHeader(REQUEST_ID));
        var id = said == null ? UUID.randomUUID().toString() : said;
        request.setAttribute(REQUEST_ID, id);
        response.setHeader(REQUEST_ID, id);
        try (var logged = MDC.putCloseable(LOGGED, id)) {
            if (Telemetry.is(request.getRequestURI()) || isInTime(request, response)) {
                chain.doFilter(request, response);
            }
        }
    }

    private boolean isInTime(HttpServletRequest request, HttpServletResponse response) throws IOException {
        try {
            var deadline = Deadline.of(name -> Collections.list(request.getHeaders(name)), clock.instant());
            if (deadline.isPresent() && !deadline.get().left(clock.instant()).isPositive()) {
                ProblemWriter.write(response, HttpStatus.GATEWAY_TIMEOUT, "The deadline of this request was over before it was begun.");
                return false;
            }
            deadline.ifPresent(until -> {
                request.setAttribute(Deadline.HEADER, until);
                TimeLeft.set(request, until.left(clock.instant()));
            });
            return true;
        } catch (IllegalArgumentException e) {
            ProblemWriter.write(response, HttpStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
            return false;
        }
    }
}
