// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import dev.assay.kit.identity.Caller;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
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

    RoutingFilter(Proxy proxy) {
        this.proxy = proxy;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var destination = Routes.of(request.getRequestURI());
        if (destination.isPresent() && request.getAttribute(Caller.class.getName()) instanceof Caller caller) {
            ServerHttpObservationFilter.findObservationContext(request)
                    .ifPresent(context -> context.setPathPattern(destination.get().pattern()));
            proxy.pass(request, response, destination.get(), caller);
        } else {
            chain.doFilter(request, response);
        }
    }
}
