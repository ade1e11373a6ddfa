// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import dev.assay.kit.problem.ProblemWriter;
import dev.assay.kit.problem.Telemetry;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/** Lets nobody in without a token, except to ask whether the service is well. Whom a handler takes is for {@link Admission} to say. */
final class CallerFilter extends OncePerRequestFilter {

    static final String ATTRIBUTE = Caller.class.getName();

    private final InternalTokens tokens;
    private final String metricsToken;

    private final Set<String> open;

    /**
     * @param metricsToken opens the metrics, and nothing else; empty: only services see them
     * @param open paths whose handlers look at another credential themselves
     */
    CallerFilter(InternalTokens tokens, String metricsToken, Set<String> open) {
        this.tokens = tokens;
        this.metricsToken = metricsToken;
        this.open = Set.copyOf(open);
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        var path = path(request);
        return under(path, "/actuator/health") || path.equals("/error") || open.contains(path);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var header = request.getHeader(HttpHeaders.AUTHORIZATION);
        if (path(request).equals("/actuator/prometheus") && isScraper(header)) {
            chain.doFilter(request, response);
            return;
        }
        Optional<Caller> caller;
        try {
            caller = Optional.ofNullable(header)
                    .filter(credential -> credential.startsWith("Bearer "))
                    .flatMap(credential -> tokens.verify(credential.substring("Bearer ".length())));
        } catch (UncheckedIOException e) {
            response.setHeader(HttpHeaders.RETRY_AFTER, Telemetry.retryAfter(path(request)));
            ProblemWriter.write(response, HttpStatus.SERVICE_UNAVAILABLE, "Tokens cannot be checked just now. Try again.");
            return;
        }
        if (caller.isEmpty()) {
            ProblemWriter.write(response, HttpStatus.UNAUTHORIZED, "This service takes requests from the gateway only: no valid internal token.");
            return;
        }
        if (under(path(request), "/actuator") && caller.get().role() != Role.SERVICE) {
            ProblemWriter.write(response, HttpStatus.NOT_FOUND, "No such resource.");
            return;
        }
        request.setAttribute(ATTRIBUTE, caller.get());
        chain.doFilter(request, response);
    }

    private boolean isScraper(@Nullable String header) {
        return header != null
                && !metricsToken.isEmpty()
                && MessageDigest.isEqual(
                        header.getBytes(StandardCharsets.UTF_8), ("Bearer " + metricsToken).getBytes(StandardCharsets.UTF_8));
    }

    /** The path as controllers are found by it: decoded, without dot segments and path parameters. */
    private static String path(HttpServletRequest request) {
        return request.getServletPath() + (request.getPathInfo() == null ? "" : request.getPathInfo());
    }

    private static boolean under(String path, String prefix) {
        return path.equals(prefix) || path.startsWith(prefix + "/");
    }
}
