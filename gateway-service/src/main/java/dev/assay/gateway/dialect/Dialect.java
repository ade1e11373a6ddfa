// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.util.Map;

/** The model APIs that clients speak. Which one a request speaks follows from its path, never from its headers. */
public enum Dialect {
    CHAT,
    RESPONSES,
    MESSAGES,
    GEMINI;

    public static Dialect of(String path) {
        if (path.startsWith("/inference/v1/messages")) {
            return MESSAGES;
        }
        return path.startsWith("/inference/v1beta") ? GEMINI : CHAT;
    }

    Map<String, Object> body(ModelError error) {
        return switch (this) {
            case CHAT, RESPONSES -> error.body();
            case MESSAGES -> Map.of("type", "error", "error", Map.of("type", anthropicType(error.status()), "message", error.message()));
            case GEMINI -> Map.of("error", Map.of(
                    "code", error.status(), "message", error.message(), "status", geminiStatus(error.status())));
        };
    }

    private static String anthropicType(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            default -> status < 500 ? "invalid_request_error" : "api_error";
        };
    }

    private static String geminiStatus(int status) {
        return switch (status) {
            case 401 -> "UNAUTHENTICATED";
            case 403 -> "PERMISSION_DENIED";
            case 404 -> "NOT_FOUND";
            case 429 -> "RESOURCE_EXHAUSTED";
            case 501 -> "UNIMPLEMENTED";
            case 503 -> "UNAVAILABLE";
            default -> status < 500 ? "INVALID_ARGUMENT" : "INTERNAL";
        };
    }
}
