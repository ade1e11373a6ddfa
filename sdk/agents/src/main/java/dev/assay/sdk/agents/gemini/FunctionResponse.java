// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.gemini;

import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.ToolCall;
import java.io.IOException;
import java.util.Base64;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What came of a function's call, as Gemini is told: the first text, and all pictures. */
final class FunctionResponse {

    private FunctionResponse() {}

    /**
     * The part that tells it.
     *
     * @param limit how much of the text is told, in characters; 0 or less: all
     * @throws IOException if a picture is none
     */
    static ObjectNode of(ToolCall call, ToolOutcome outcome, int limit) throws IOException {
        var text = outcome.firstText().map(told -> bounded(told, limit));
        var response = Json.object();
        if (outcome.failed()) {
            response.put("error", text.filter(told -> !told.isEmpty()).orElse("Tool execution failed"));
        } else {
            response.put("success", true);
            text.ifPresent(told -> response.put("output", told));
        }
        var told = Json.object().put("name", Objects.requireNonNullElse(call.providerName(), call.name()));
        told.set("response", response);
        var pictures = Json.array();
        for (var block : outcome.content()) {
            if (block.path("type").asString("").equals("image")) {
                pictures.addObject().putObject("inline_data")
                        .put("mime_type", block.path("mimeType").asString("image/png"))
                        .put("data", urlSafe(call, block.path("data").asString("")));
            }
        }
        if (!pictures.isEmpty()) {
            told.set("parts", pictures);
        }
        return Json.object().set("functionResponse", told);
    }

    /** What a turn says came of a function; missing if it tells of none. */
    static JsonNode in(ObjectNode turn) {
        return turn.path("parts").path(0).path("functionResponse");
    }

    private static String urlSafe(ToolCall call, String base64) throws IOException {
        try {
            return Base64.getUrlEncoder().encodeToString(Base64.getMimeDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            throw new IOException("the tool " + call.name() + " returned an image that is no base64: " + e.getMessage(), e);
        }
    }

    /** A fifth from the beginning and the rest from the end, with words on what is missing: models run what was cut again, but for less. */
    static String bounded(String text, int limit) {
        var length = text.codePointCount(0, text.length());
        if (limit <= 0 || length <= limit) {
            return text;
        }
        var head = limit / 5;
        var tail = limit - head;
        var omitted = length - limit;
        return "The output is too long: here are its first " + head + " and its last " + tail + " characters, without the " + omitted
                + " between them. For those, ask again for less.\n"
                + text.substring(0, text.offsetByCodePoints(0, head))
                + "\n\n... [" + omitted + " characters left out] ...\n\n"
                + text.substring(text.offsetByCodePoints(text.length(), -tail));
    }
}
