// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import dev.assay.kit.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** Lets only {@link PublicPath}s pass, so that the doors, the routes and the services all read the same path. */
@Component
@Order(Integer.MIN_VALUE + 100)
class PathFilter extends OncePerRequestFilter {

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var raw = request.getRequestURI();
        var path = PublicPath.of(raw);
        if (path.isEmpty()) {
            ProblemWriter.write(response, HttpStatus.BAD_REQUEST, "path: holds dot segments, path parameters or a backslash");
        } else if (path.get().value().equals(raw)) {
            chain.doFilter(request, response);
        } else {
            chain.doFilter(new Cleaned(request, path.get().value()), response);
        }
    }

    private static final class Cleaned extends HttpServletRequestWrapper {

        private final String path;

        Cleaned(HttpServletRequest request, String path) {
            super(request);
            this.path = path;
        }

        @Override
        public String getRequestURI() {
            return path;
        }

        @Override
        public StringBuffer getRequestURL() {
            var url = super.getRequestURL();
            var start = url.indexOf(super.getRequestURI());
            return start < 0 ? url : url.replace(start, url.length(), path);
        }
    }
}
