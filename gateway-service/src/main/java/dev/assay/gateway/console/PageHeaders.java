// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.console;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** What browsers may do with the answers: run only the scripts that come from here, and guess nothing. */
@Component
@Order(Integer.MIN_VALUE + 150)
class PageHeaders extends OncePerRequestFilter {

    private static final String ONLY_OURS = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
            + "font-src 'self'; connect-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    /** The API's page writes styles into its elements. */
    private static final String DOCS = ONLY_OURS.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'");

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "no-referrer");
        var path = request.getRequestURI();
        response.setHeader("Content-Security-Policy", path.equals("/docs") || path.startsWith("/docs/") ? DOCS : ONLY_OURS);
        chain.doFilter(request, response);
    }
}
