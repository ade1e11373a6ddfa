// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.ModelJson;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;

/** Server-sent events as the clients' libraries want them: one line of data, behind a blank. */
final class Frames {

    static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8);

    private Frames() {}

    static byte[] data(JsonNode data) {
        return ("data: " + ModelJson.MAPPER.writeValueAsString(data) + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    /** An event whose name stands in its data's `type` too. */
    static byte[] event(JsonNode data) {
        return ("event: " + data.path("type").asString() + "\ndata: " + ModelJson.MAPPER.writeValueAsString(data) + "\n\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    static byte[] body(JsonNode body) {
        return ModelJson.MAPPER.writeValueAsBytes(body);
    }
}
