// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import dev.assay.sdk.agents.tool.Tool;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.ToolCall;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What came of a call as Claude hears it: one result and, if it may be cited, its documents in a message of their own. */
final class ToolResults {

    private ToolResults() {}

    /**
     * The messages that tell it.
     *
     * @param tool null: there is none of that name
     * @throws IOException if the outcome holds what Claude has no block for
     */
    static List<ObjectNode> messages(ToolCall call, @Nullable Tool tool, ToolOutcome outcome)
            throws IOException, InterruptedException {
        var screen = tool instanceof ComputerTool;
        var citable = !outcome.failed() && call.meta() != null && call.meta().path("citations_enabled").asBoolean(false);
        var told = outcome.failed() ? ToolOutcome.text("Error: " + outcome.firstText().orElse("Tool execution failed")) : outcome;
        var content = Json.array();
        var documents = new ArrayList<JsonNode>();
        var failed = outcome.failed();
        for (var block : told.content()) {
            switch (block.path("type").asString("")) {
                case "text" -> {
                    content.add(text(block.path("text").asString("")));
                    if (citable) {
                        documents.add(citable(plain(block.path("text").asString(""))).put("title", call.name()));
                    }
                }
                case "image" -> {
                    try {
                        var source = screen ? source(block.path("mimeType").asString(""), block.path("data").asString(""))
                                : ClaudeImages.source(block.path("data").asString(""));
                        content.add(Json.object().put("type", "image").set("source", source));
                    } catch (UnreadableImageException e) {
                        failed = true;
                        content.add(text("Cannot view image: " + e.getMessage()));
                    }
                }
                case "resource" -> {
                    var pdf = pdf(block.path("resource"));
                    content.add(Json.object().put("type", "document").set("source", pdf));
                    if (citable) {
                        documents.add(citable(pdf));
                    }
                }
                case String other -> throw unknown(other);
            }
        }
        var result = Json.object().put("type", "tool_result").put("tool_use_id", call.id()).<ObjectNode>set("content", content).put("is_error", failed);
        if (tool instanceof ComputerTool computer && computer.kind() == ComputerKind.TOOLSET) {
            result.put("toolset_name", computer.name());
        }
        var messages = new ArrayList<>(List.of(user(List.of(result))));
        if (!documents.isEmpty()) {
            messages.add(user(documents));
        }
        return messages;
    }

    static ObjectNode user(List<? extends JsonNode> content) {
        return Json.object().put("role", "user").set("content", Json.array().addAll(content));
    }

    static ObjectNode text(String text) {
        return Json.object().put("type", "text").put("text", text);
    }

    static ObjectNode source(String mediaType, String base64) {
        return Json.object().put("type", "base64").put("media_type", mediaType).put("data", base64);
    }

    private static ObjectNode plain(String text) {
        return Json.object().put("type", "text").put("media_type", "text/plain").put("data", text);
    }

    private static JsonNode pdf(JsonNode resource) throws IOException {
        if (!resource.path("blob").isString() || !resource.path("mimeType").asString("").equals("application/pdf")) {
            throw unknown("resource of type " + resource.path("mimeType").asString("unknown"));
        }
        return source("application/pdf", resource.path("blob").stringValue());
    }

    private static ObjectNode citable(JsonNode source) {
        return Json.object()
                .put("type", "document")
                .<ObjectNode>set("source", source)
                .set("citations", Json.object().put("enabled", true));
    }

    private static IOException unknown(String kind) {
        return new IOException("Claude can be told of no content like this: " + kind);
    }
}
