// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.io.IOException;
import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The frame of the control channel: one JSON object on one line. */
final class Frames {

    /** Bytes of one frame in either direction, the newline not counted. */
    static final int LIMIT = 16 * 1024 * 1024;

    private Frames() {}

    /** The bytes to send, the newline included. */
    static byte[] encode(ObjectNode frame) throws FrameTooLargeException {
        byte[] json = Json.MAPPER.writeValueAsBytes(frame);
        if (json.length > LIMIT) {
            var kind = frame.has("method") ? PythonText.repr(frame.get("method")) + " request" : "response";
            throw new FrameTooLargeException("Control-channel " + kind + " is " + json.length + " bytes; limit is " + LIMIT
                    + " bytes (excluding the newline). Send less inline: large data is better loaded inside the environment.");
        }
        var line = Arrays.copyOf(json, json.length + 1);
        line[json.length] = '\n';
        return line;
    }

    /** @throws IOException if the line is no JSON value */
    static JsonNode decode(byte[] line) throws IOException {
        try {
            var value = Json.MAPPER.readTree(line);
            if (value.isMissingNode()) {
                throw new IOException("empty frame");
            }
            return value;
        } catch (JacksonException malformed) {
            throw new IOException("malformed frame: " + malformed.getOriginalMessage(), malformed);
        }
    }

    static ObjectNode request(int id, String method, JsonNode params) {
        return Json.object().put("jsonrpc", "2.0").put("id", id).put("method", method).set("params", params);
    }

    static ObjectNode reply(JsonNode id, JsonNode result) {
        return Json.object().put("jsonrpc", "2.0").<ObjectNode>set("id", id).set("result", result);
    }

    static ObjectNode error(JsonNode id, int code, String message) {
        return Json.object()
                .put("jsonrpc", "2.0")
                .<ObjectNode>set("id", id)
                .set("error", Json.object().put("code", code).put("message", message));
    }
}
