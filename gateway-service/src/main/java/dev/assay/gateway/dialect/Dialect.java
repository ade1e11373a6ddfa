// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The model APIs that clients speak: OpenAI's Chat Completions and Responses, Anthropic's Messages, Google's generateContent. Which one a
 * request speaks follows from its path, never from its headers.
 */
public enum Dialect {
    CHAT,
    RESPONSES,
    MESSAGES,
    GEMINI;

    private static final byte[] COMMENT = utf8(": waiting\n\n");
    private static final byte[] PING = utf8("event: ping\ndata: {\"type\": \"ping\"}\n\n");
    /** Google's library hands every line that is not empty to its JSON reader, comments too. */
    private static final byte[] EMPTY_LINE = utf8("\n");

    /** Of a path below the public address, whether or not there is anything. */
    public static Dialect of(String path) {
        if (path.startsWith("/inference/v1/messages")) {
            return MESSAGES;
        }
        if (path.startsWith("/inference/v1beta") || Route.of("POST", path).filter(route -> route.dialect() == GEMINI).isPresent()) {
            return GEMINI;
        }
        return path.startsWith("/inference/responses") || path.startsWith("/inference/v1/responses") ? RESPONSES : CHAT;
    }

    /** An error as the JSON body of an answer. */
    public byte[] error(ModelError error) {
        return error(error, null);
    }

    /** @param request the id of the request, which Anthropic's clients look for in the body too; null: it has none */
    public byte[] error(ModelError error, @Nullable String request) {
        var body = new LinkedHashMap<>(body(error));
        if (this == MESSAGES && request != null) {
            body.put("request_id", request);
        }
        return ModelJson.MAPPER.writeValueAsBytes(body);
    }

    /**
     * An error as the last event of a stream, with its empty line. A stream that broke must not end without one: clients take a clean end
     * for a short answer.
     *
     * @param events how many have gone out before it
     */
    public byte[] errorEvent(ModelError error, int events) {
        return switch (this) {
            case CHAT, GEMINI -> event("", body(error));
            case MESSAGES -> event("error", body(error));
            case RESPONSES -> event("response.failed", failedResponse(error, events));
        };
    }

    /** What may stand between two events of a stream and means nothing, so that nobody on the way takes the connection for dead. */
    public byte[] signOfLife() {
        return switch (this) {
            case CHAT, RESPONSES -> COMMENT.clone();
            case MESSAGES -> PING.clone();
            case GEMINI -> EMPTY_LINE.clone();
        };
    }

    /** @param name empty: the event has none */
    static byte[] event(String name, Object data) {
        return event(name, ModelJson.MAPPER.writeValueAsString(data));
    }

    static byte[] event(String name, String data) {
        return utf8((name.isEmpty() ? "" : "event: " + name + "\n") + "data: " + data + "\n\n");
    }

    private Map<String, Object> body(ModelError error) {
        return switch (this) {
            case CHAT, RESPONSES -> openAi(error);
            case MESSAGES -> Map.of("type", "error", "error", anthropic(error));
            case GEMINI -> Map.of("error", google(error));
        };
    }

    private static Map<String, Object> openAi(ModelError error) {
        var body = new LinkedHashMap<String, Object>();
        body.put("message", error.message());
        body.put("type", error.type());
        body.put("param", error.param());
        body.put("code", error.code());
        return Map.of("error", body);
    }

    private static Map<String, Object> anthropic(ModelError error) {
        var body = new LinkedHashMap<String, Object>();
        body.put("type", anthropicType(error));
        body.put("message", error.message());
        if (error.code().equals(ModelError.NO_THREADS)) {
            body.put("details", Map.of("error_code", error.code(), "unsupported", List.of("thread")));
        }
        return body;
    }

    /** Of the types that a client takes for a passing fault, {@code api_error} is the one for whatever broke here or behind. */
    private static String anthropicType(ModelError error) {
        return switch (error.status()) {
            case 401 -> "authentication_error";
            case 402 -> "billing_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 408, 504 -> "timeout_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 529 -> "overloaded_error";
            default -> error.status() < 500 ? "invalid_request_error" : "api_error";
        };
    }

    private static Map<String, Object> google(ModelError error) {
        var body = new LinkedHashMap<String, Object>();
        body.put("code", error.status());
        body.put("message", error.message());
        body.put("status", geminiStatus(error.status()));
        if (error.retryAfter() != null) {
            body.put("details", List.of(Map.of(
                    "@type", "type.googleapis.com/google.rpc.RetryInfo", "retryDelay", ModelError.plain(error.retryAfter()) + "s")));
        }
        return body;
    }

    private static String geminiStatus(int status) {
        return switch (status) {
            case 401 -> "UNAUTHENTICATED";
            case 402 -> "FAILED_PRECONDITION";
            case 403 -> "PERMISSION_DENIED";
            case 404 -> "NOT_FOUND";
            case 408, 504 -> "DEADLINE_EXCEEDED";
            case 409 -> "ABORTED";
            case 429 -> "RESOURCE_EXHAUSTED";
            case 501 -> "UNIMPLEMENTED";
            case 502, 503, 529 -> "UNAVAILABLE";
            default -> status < 500 ? "INVALID_ARGUMENT" : "INTERNAL";
        };
    }

    /** A response with all that its readers take for granted. Its code is one of those that they know. */
    private static Map<String, Object> failedResponse(ModelError error, int sequence) {
        var code = error.status() == 429 ? "rate_limit_exceeded" : error.status() < 500 ? "invalid_prompt" : "server_error";
        var response = new LinkedHashMap<String, Object>();
        response.put("id", "resp_failed");
        response.put("object", "response");
        response.put("created_at", 0);
        response.put("status", "failed");
        response.put("error", Map.of("code", code, "message", error.message()));
        response.put("incomplete_details", null);
        response.put("instructions", null);
        response.put("metadata", Map.of());
        response.put("model", "");
        response.put("output", List.of());
        response.put("parallel_tool_calls", true);
        response.put("tool_choice", "auto");
        response.put("tools", List.of());
        response.put("temperature", null);
        response.put("top_p", null);
        response.put("usage", null);
        var event = new LinkedHashMap<String, Object>();
        event.put("type", "response.failed");
        event.put("sequence_number", sequence);
        event.put("response", response);
        return event;
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
