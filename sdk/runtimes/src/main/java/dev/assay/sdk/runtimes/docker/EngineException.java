// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import com.github.dockerjava.api.exception.DockerException;
import dev.assay.sdk.protocol.Json;
import tools.jackson.core.JacksonException;

/** The engine refused, or did not answer; the message says what it said. */
final class EngineException extends Exception {

    /** Of the answer; 0: there was none. */
    private final int status;

    EngineException(int status, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    int status() {
        return status;
    }

    boolean isAway() {
        return status == 0;
    }

    /** What was asked for is not there. */
    boolean isMissing() {
        return status == 404;
    }

    /** What was asked for is so already. */
    boolean isSoAlready() {
        return status == 304;
    }

    /** Something else has it. */
    boolean isInUse() {
        return status == 409;
    }

    /** Its disk took no more. */
    boolean isFull() {
        return String.valueOf(getMessage()).contains("no space left on device");
    }

    static EngineException of(Throwable e) {
        if (e instanceof DockerException said) {
            return new EngineException(said.getHttpStatus(), message(String.valueOf(said.getMessage())), e);
        }
        var root = (Throwable) e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return new EngineException(0, "the Docker engine does not answer: " + (root.getMessage() == null ? root : root.getMessage()), e);
    }

    /** The library's words, then a JSON object with the engine's. */
    private static String message(String text) {
        int begin = text.indexOf('{');
        try {
            return begin < 0 ? text : Json.MAPPER.readTree(text.substring(begin)).path("message").asString(text);
        } catch (JacksonException e) {
            return text;
        }
    }
}
