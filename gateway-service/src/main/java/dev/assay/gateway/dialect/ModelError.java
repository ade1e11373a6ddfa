// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import dev.assay.kit.problem.Problem;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a model call is not answered.
 *
 * @param code the error's code as OpenAI's clients read it
 * @param retryAfter after how many seconds another try may succeed; null: nothing said
 * @param shouldRetry whether clients should try again, whatever the status says of it; null: as the status says
 * @param param the member of the call that it is about; null: none, or unknown
 */
public record ModelError(
        int status,
        String type,
        String code,
        String message,
        @Nullable Double retryAfter,
        @Nullable Boolean shouldRetry,
        @Nullable String param) {

    /** By this code Anthropic's library knows to go on without a thread. */
    static final String NO_THREADS = "thread_unsupported_request";

    public ModelError(int status, String type, String code, String message, @Nullable Double retryAfter, @Nullable Boolean shouldRetry) {
        this(status, type, code, message, retryAfter, shouldRetry, null);
    }

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
        return new ModelError(status, type, code, message, null, null);
    }

    /** What was refused before a model was called. */
    public static ModelError of(Problem problem) {
        var detail = problem.getBody().getDetail();
        var retryAfter = problem.getHeaders().getFirst("Retry-After");
        return of(problem.getStatusCode().value(), detail == null ? "refused" : detail)
                .retryAfter(retryAfter == null ? null : Double.valueOf(retryAfter));
    }

    public static ModelError badRequest(String field, String reason) {
        return of(400, field + ": " + reason).about(field);
    }

    /** Whoever holds a conversation at Anthropic holds it for the platform's account, where any team could go on with it. */
    static ModelError noThreads() {
        var message = "thread: conversations are not held by the provider here; send all messages each time";
        return new ModelError(400, "invalid_request_error", NO_THREADS, message, null, null, "thread");
    }

    public static ModelError unauthorized(String message) {
        return of(401, message);
    }

    public static ModelError unavailable(String message, double retryAfter) {
        return of(503, message).retryAfter(retryAfter);
    }

    public ModelError retryAfter(@Nullable Double seconds) {
        return new ModelError(status, type, code, message, seconds, shouldRetry, param);
    }

    public ModelError shouldRetry(@Nullable Boolean again) {
        return new ModelError(status, type, code, message, retryAfter, again, param);
    }

    private ModelError about(String member) {
        return new ModelError(status, type, code, message, retryAfter, shouldRetry, member);
    }

    public ModelError andNoUseTryingAgain() {
        return shouldRetry(false);
    }

    /** The error as OpenAI's clients read it. */
    public Map<String, Object> body() {
        var error = new LinkedHashMap<String, Object>();
        error.put("message", message);
        error.put("type", type);
        error.put("param", param);
        error.put("code", code);
        return Map.of("error", error);
    }

    /** Answers with this error in the dialect of the request's path. */
    public void write(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setStatus(status);
        headers().forEach(response::setHeader);
        response.setContentType("application/json");
        var body = Dialect.of(request.getRequestURI()).error(this);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    /** What clients read beside the body: whether and when to try again. */
    public Fields headers() {
        var headers = Fields.builder();
        if (retryAfter != null) {
            headers.add("Retry-After", plain(retryAfter));
        }
        if (shouldRetry != null) {
            headers.add("x-should-retry", shouldRetry.toString());
        }
        return headers.build();
    }

    /** Seconds to the millisecond, without an exponent. */
    static String plain(double seconds) {
        return BigDecimal.valueOf(seconds).setScale(3, RoundingMode.CEILING).stripTrailingZeros().toPlainString();
    }
}
