// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.sampling;

import org.springframework.http.HttpStatus;

/** A request that is not answered, as clients of Chat Completions are told it. */
final class ChatException extends RuntimeException {

    private final HttpStatus status;
    private final String code;

    private ChatException(HttpStatus status, String code, String message) {
        super(message);
        this.status = status;
        this.code = code;
    }

    /** A member that cannot be served as it came. */
    static ChatException invalid(String member, String reason) {
        return new ChatException(HttpStatus.BAD_REQUEST, "invalid_value", member + ": " + reason);
    }

    static ChatException noSuchModel(String message) {
        return new ChatException(HttpStatus.NOT_FOUND, "model_not_found", message);
    }

    static ChatException tooLong(String message) {
        return new ChatException(HttpStatus.CONTENT_TOO_LARGE, "context_length_exceeded", message);
    }

    static ChatException unavailable(String message) {
        return new ChatException(HttpStatus.SERVICE_UNAVAILABLE, "unavailable", message);
    }

    HttpStatus status() {
        return status;
    }

    String code() {
        return code;
    }
}
