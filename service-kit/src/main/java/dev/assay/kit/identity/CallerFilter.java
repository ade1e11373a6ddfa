// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import dev.assay.kit.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/** Lets nobody in without a token, except to ask whether the service is well. Whom a handler takes is for {@link Admission} to say. */
final class CallerFilter extends OncePerRequestFilter {

    static final String ATTRIBUTE = Caller.class.getName();

    private final InternalTokens tokens;

    CallerFilter(InternalTokens tokens) {
        this.tokens = tokens;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        var path = path(request);
        return under(path, "/actuator/health") || path.equals("/actuator/prometheus") || path.equals("/error");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var header = request.getHeader(HttpHeaders.AUTHORIZATION);
        var caller = header == null || !header.startsWith("Bearer ")
                ? Optional.<Caller>empty()
                : tokens.verify(header.substring("Bearer ".length()));
        if (caller.isEmpty()) {
            ProblemWriter.write(response, HttpStatus.UNAUTHORIZED, "This service takes requests from the gateway only: no valid internal token.");
            return;
        }
        request.setAttribute(ATTRIBUTE, caller.get());
        chain.doFilter(request, response);
    }

    /** The path as controllers are found by it: decoded, without dot segments and path parameters. */
    private static String path(HttpServletRequest request) {
        return request.getServletPath() + (request.getPathInfo() == null ? "" : request.getPathInfo());
    }

    private static boolean under(String path, String prefix) {
        return path.equals(prefix) || path.startsWith(prefix + "/");
    }
}
