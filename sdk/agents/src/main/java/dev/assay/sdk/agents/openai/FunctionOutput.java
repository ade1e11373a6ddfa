// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.openai;

import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.PythonText;
import dev.assay.sdk.protocol.step.ToolCall;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What came of a function's call, as the Responses API is told. */
final class FunctionOutput {

    private static final Logger log = LoggerFactory.getLogger(FunctionOutput.class);

    private FunctionOutput() {}

    static ObjectNode of(ToolCall call, ToolOutcome outcome) {
        var told = Json.object().put("type", "function_call_output").put("call_id", call.id());
        var parts = told.putArray("output");
        if (outcome.failed()) {
            parts.add(text("[tool_error] true"));
        }
        if (outcome.structured() != null) {
            parts.add(text(PythonText.json(outcome.structured())));
        }
        outcome.content().forEach(block -> add(parts, block));
        if (parts.isEmpty()) {
            parts.add(text(""));
        }
        return told;
    }

    private static void add(ArrayNode parts, JsonNode block) {
        var resource = block.path("resource");
        switch (block.path("type").asString("")) {
            case "text" -> parts.add(text(block.path("text").asString("")));
            case "image" -> parts.addObject().put("type", "input_image").put("image_url", dataUrl(block));
            case "resource_link" -> parts.addObject().put("type", "input_file").put("file_url", block.path("uri").asString(""));
            case "resource" -> parts.add(resource.has("text")
                    ? text(resource.path("text").asString(""))
                    : Json.object().put("type", "input_file").put("file_data", resource.path("blob").asString("")));
            default -> log.warn("a tool's block of type {} cannot be told to the model", block.path("type").asString("none"));
        }
    }

    static String dataUrl(JsonNode image) {
        return "data:" + image.path("mimeType").asString("image/png") + ";base64," + image.path("data").asString("");
    }

    static ObjectNode text(String text) {
        return Json.object().put("type", "input_text").put("text", text);
    }
}
