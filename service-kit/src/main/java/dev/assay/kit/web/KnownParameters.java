// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import dev.assay.kit.problem.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Method;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * A parameter in the query that the handler does not have is refused by name: without a filter that was misspelt, the answer would be one
 * to another question. So is one without a value where a value belongs, which would else count as left out.
 */
final class KnownParameters implements HandlerInterceptor {

    private static final int SHOWN = 80;

    private final Map<Method, Map<String, Class<?>>> known = new ConcurrentHashMap<>();

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod method && request.getQueryString() != null) {
            var parameters = known.computeIfAbsent(method.getMethod(), KnownParameters::parameters);
            for (var pair : request.getQueryString().split("&")) {
                if (!pair.isEmpty()) {
                    check(pair, parameters);
                }
            }
        }
        return true;
    }

    private static void check(String pair, Map<String, Class<?>> known) {
        var split = pair.indexOf('=');
        var name = decoded(split < 0 ? pair : pair.substring(0, split));
        var type = known.get(name);
        if (type == null) {
            throw Problem.badRequest(
                    name.isEmpty() ? "query" : name.length() > SHOWN ? name.substring(0, SHOWN) + "…" : name,
                    known.isEmpty() ? "this takes no parameters" : "this takes no such parameter, only " + String.join(", ", known.keySet()));
        }
        if (type != String.class && (split < 0 || split == pair.length() - 1)) {
            throw Problem.badRequest(name, "has no value");
        }
    }

    private static Map<String, Class<?>> parameters(Method handler) {
        var parameters = new TreeMap<String, Class<?>>();
        for (var parameter : handler.getParameters()) {
            var named = parameter.getAnnotation(RequestParam.class);
            if (named != null) {
                parameters.put(named.name().isEmpty() ? parameter.getName() : named.name(), parameter.getType());
            }
        }
        return parameters;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
