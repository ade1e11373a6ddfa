// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import dev.assay.gateway.audit.ChangesElsewhere;
import dev.assay.kit.identity.Caller;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.filter.ServerHttpObservationFilter;

/**
 * Sends what another service serves to that service. A filter and no controller, because Spring MVC may read forms and multipart
 * bodies before a controller sees the request; what is passed on must not be touched. It comes after the doors: without a caller
 * nothing is sent anywhere.
 */
@Component
@Order(Integer.MIN_VALUE + 300)
class RoutingFilter extends OncePerRequestFilter {

    private final Proxy proxy;
    private final ChangesElsewhere changes;

    RoutingFilter(Proxy proxy, ChangesElsewhere changes) {
        this.proxy = proxy;
        this.changes = changes;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var destination = Routes.of(request.getRequestURI());
        if (destination.isPresent() && request.getAttribute(Caller.class.getName()) instanceof Caller caller) {
            ServerHttpObservationFilter.findObservationContext(request)
                    .ifPresent(context -> context.setPathPattern(destination.get().pattern()));
            var note = new Note(request, caller);
            Integer said = null;
            try {
                said = proxy.pass(request, response, destination.get(), caller, note::take);
            } finally { // without an answer nobody knows what was done
                note.take(said == null && response.isCommitted() ? Integer.valueOf(response.getStatus()) : said);
            }
        } else {
            chain.doFilter(request, response);
        }
    }

    /** Taken before the client has an answer, if there is one: whoever then looks for the change finds it soon. */
    private final class Note {

        private final HttpServletRequest request;
        private final Caller caller;
        private boolean isTaken;

        Note(HttpServletRequest request, Caller caller) {
            this.request = request;
            this.caller = caller;
        }

        void take(@Nullable Integer status) {
            if (!isTaken) {
                isTaken = true;
                var path = request.getRequestURI();
                ChangeElsewhere.of(request.getMethod(), path, status)
                        .ifPresent(change -> changes.note(request, caller, change.action(), change.kind(), change.id(), path, status));
            }
        }
    }
}
