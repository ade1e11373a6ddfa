// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.dialect.ModelError;
import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.dialect.ModelJson;
import java.io.IOException;
import java.io.InputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads the body of a model call. */
final class ChatRequest {

    private ChatRequest() {}

    /** @throws ModelErrorException if it is no model call; the message says which field and why */
    static ObjectNode read(InputStream body) {
        byte[] bytes;
        try {
            bytes = body.readAllBytes();
        } catch (IOException e) {
            throw new ModelErrorException(ModelError.of(408, "body: did not come, or came too slowly"));
        }
        JsonNode parsed;
        try {
            parsed = ModelJson.MAPPER.readTree(bytes);
        } catch (JacksonException e) {
            var at = e.getLocation();
            throw bad("body", "not valid JSON" + (at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr()));
        }
        if (!(parsed instanceof ObjectNode call)) {
            throw bad("body", "must be a JSON object");
        }
        if (!call.path("model").isString() || call.path("model").asString().isBlank()) {
            throw bad("model", "required, a string");
        }
        if (!call.path("messages").isArray() || call.path("messages").isEmpty()) {
            throw bad("messages", "required, a list of at least one message");
        }
        for (var message : call.path("messages")) {
            if (!message.isObject() || !message.path("role").isString()) {
                throw bad("messages", "every message must be an object with a role");
            }
        }
        if (call.hasNonNull("stream") && !call.path("stream").isBoolean()) {
            throw bad("stream", "must be true or false");
        }
        return call;
    }

    private static ModelErrorException bad(String field, String reason) {
        return new ModelErrorException(ModelError.badRequest(field, reason));
    }
}
