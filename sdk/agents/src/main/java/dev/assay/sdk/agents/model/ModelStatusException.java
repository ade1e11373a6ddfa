// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.model;

import java.io.IOException;
import tools.jackson.databind.JsonNode;

/** The model's server refused. The message is worded as its provider's library does. */
public final class ModelStatusException extends IOException {

    private final int status;
    private final transient JsonNode body;

    ModelStatusException(String message, int status, JsonNode body) {
        super(message);
        this.status = status;
        this.body = body;
    }

    public int status() {
        return status;
    }

    /** The answer: JSON, or its text where it was none. */
    public JsonNode body() {
        return body;
    }
}
