// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.identity;

import dev.assay.kit.problem.Problem;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.resource.ResourceHttpRequestHandler;

/** Asks before every handler whether it {@link Admits admits} the caller. Behind the routing, so that no spelling of a path misses it. */
final class Admission implements HandlerInterceptor {

    /** Library handlers that describe the service; the gateway reads them. */
    private static final String API_DESCRIPTION = "org.springdoc.";

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (request.getDispatcherType() == DispatcherType.ERROR || handler instanceof ResourceHttpRequestHandler) {
            return true;
        }
        if (!(handler instanceof HandlerMethod method)) {
            throw noSuchResource();
        }
        if (!admitsAnybody(method)) {
            check((Caller) request.getAttribute(CallerFilter.ATTRIBUTE), admitted(method));
        }
        return true;
    }

    private static void check(@Nullable Caller caller, List<Role> admitted) {
        if (caller != null && admitted.stream().anyMatch(caller.role()::covers)) {
            return;
        }
        var people = admitted.stream().filter(Role::person).map(Role::word).collect(Collectors.joining(" or "));
        if (admitted.isEmpty() || caller != null && caller.role().person() && people.isEmpty()) {
            throw noSuchResource();
        }
        if (caller == null) {
            throw Problem.unauthorized("This asks for a credential, and none came with the request.");
        }
        if (caller.narrowed()) {
            var scope = admitted.contains(Role.ADMINISTRATOR) ? "admin" : "write";
            throw Problem.forbidden("The scopes of this key open what a " + caller.role().word() + " may; this takes " + people
                    + ", and of the key the scope '" + scope + "'.");
        }
        throw Problem.forbidden(caller.role().person()
                ? "Your role in this team is " + caller.role().word() + "; this takes " + people + "."
                : "This is not for a credential of this kind.");
    }

    private static boolean admitsAnybody(HandlerMethod method) {
        return method.hasMethodAnnotation(AdmitsAnybody.class)
                || !method.hasMethodAnnotation(Admits.class)
                        && AnnotatedElementUtils.hasAnnotation(method.getBeanType(), AdmitsAnybody.class);
    }

    private static List<Role> admitted(HandlerMethod method) {
        var named = said(method);
        if (named.isPresent()) {
            return named.get();
        }
        return method.getBeanType().getName().startsWith(API_DESCRIPTION) ? List.of(Role.SERVICE) : List.of();
    }

    /** Whom the handler, or else its controller, names; empty if neither says. */
    static Optional<List<Role>> said(HandlerMethod method) {
        var own = method.getMethodAnnotation(Admits.class);
        var named = own != null ? own : AnnotatedElementUtils.findMergedAnnotation(method.getBeanType(), Admits.class);
        return Optional.ofNullable(named).map(admits -> Arrays.asList(admits.value()));
    }

    private static Problem noSuchResource() {
        return Problem.notFound("No such resource.");
    }
}
