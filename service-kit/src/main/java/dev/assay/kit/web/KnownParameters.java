// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import dev.assay.kit.problem.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * A parameter in the query that the handler does not have is refused by name: without a filter that was misspelt, the answer would be one
 * to another question.
 */
final class KnownParameters implements HandlerInterceptor {

    private final Map<HandlerMethod, TreeSet<String>> known = new ConcurrentHashMap<>();

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method && request.getQueryString() != null) {
            var names = known.computeIfAbsent(method, KnownParameters::named);
            for (var pair : request.getQueryString().split("&")) {
                var name = name(pair);
                if (!pair.isEmpty() && !names.contains(name)) {
                    throw Problem.badRequest(
                            name.isEmpty() ? "query" : name.length() > 80 ? name.substring(0, 80) + "…" : name,
                            names.isEmpty() ? "this takes no parameters" : "this takes no such parameter, only " + String.join(", ", names));
                }
            }
        }
        return true;
    }

    private static TreeSet<String> named(HandlerMethod method) {
        var names = new TreeSet<String>();
        Arrays.stream(method.getMethodParameters())
                .filter(parameter -> parameter.hasParameterAnnotation(RequestParam.class))
                .map(KnownParameters::name)
                .forEach(names::add);
        return names;
    }

    private static String name(MethodParameter parameter) {
        var named = parameter.getParameterAnnotation(RequestParam.class);
        return named == null || named.name().isEmpty() ? parameter.getParameter().getName() : named.name();
    }

    private static String name(String pair) {
        var name = pair.contains("=") ? pair.substring(0, pair.indexOf('=')) : pair;
        try {
            return URLDecoder.decode(name, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return name;
        }
    }
}
