// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Why a model call is not answered.
 *
 * @param code the error's code as OpenAI's clients read it
 * @param retryAfter after how many seconds another try may succeed; null: nothing said
 * @param hopeless whether clients should not try again although the status says that they may
 */
public record ModelError(int status, String type, String code, String message, @Nullable Double retryAfter, boolean hopeless) {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** An error of the kind that its status stands for. */
    public static ModelError of(int status, String message) {
        var code = switch (status) {
            case 401 -> "invalid_api_key";
            case 402 -> "insufficient_quota";
            case 403 -> "permission_denied";
            case 404 -> "model_not_found";
            case 429 -> "rate_limit_exceeded";
            default -> status < 500 ? "invalid_request" : "server_error";
        };
        var type = switch (status) {
            case 402 -> "insufficient_quota";
            case 429 -> "rate_limit_exceeded";
            default -> status < 500 ? "invalid_request_error" : "server_error";
        };
        return new ModelError(status, type, code, message, null, false);
    }

    public static ModelError badRequest(String field, String reason) {
        return of(400, field + ": " + reason);
    }

    public static ModelError unauthorized(String message) {
        return of(401, message);
    }

    public static ModelError unavailable(String message, double retryAfter) {
        return of(503, message).retryAfter(retryAfter);
    }

    public ModelError retryAfter(@Nullable Double seconds) {
        return new ModelError(status, type, code, message, seconds, hopeless);
    }

    public ModelError andNoUseTryingAgain() {
        return new ModelError(status, type, code, message, retryAfter, true);
    }

    /** The error as OpenAI's clients read it. */
    public Map<String, Object> body() {
        var error = new LinkedHashMap<String, Object>();
        error.put("message", message);
        error.put("type", type);
        error.put("param", null);
        error.put("code", code);
        return Map.of("error", error);
    }

    /** Answers with this error in the dialect of the request's path. */
    public void write(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setStatus(status);
        if (retryAfter != null) {
            response.setHeader("Retry-After", retryAfter % 1 == 0 ? String.valueOf(retryAfter.longValue()) : retryAfter.toString());
        }
        if (hopeless) {
            response.setHeader("x-should-retry", "false");
        }
        response.setContentType("application/json");
        var body = JSON.writeValueAsBytes(Dialect.of(request.getRequestURI()).body(this));
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
