// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cli;

import dev.assay.sdk.protocol.Json;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What came of a call, as a message of Claude's tells it, in content blocks of MCP. */
final class ClaudeResults {

    private ClaudeResults() {}

    static List<JsonNode> blocks(String call, JsonNode content) {
        var told = new ArrayList<JsonNode>();
        var items = content.isArray() ? content.valueStream().toList() : content.isString() ? List.of(content) : List.<JsonNode>of();
        for (var at = 0; at < items.size(); at++) {
            told.add(block(items.get(at), "document://" + call + "/" + at));
        }
        return told;
    }

    private static ObjectNode block(JsonNode item, String uri) {
        if (item.isString()) {
            return text(item.stringValue());
        }
        var source = item.path("source");
        var kind = item.path("type").asString("");
        return switch (kind + " " + source.path("type").asString("")) {
            case "text " -> text(item.path("text").asString(""));
            case "image base64" -> Json.object()
                    .put("type", "image")
                    .put("data", source.path("data").asString(""))
                    .put("mimeType", source.path("media_type").asString(""));
            case "document base64" -> document(uri, source, "blob");
            case "document text" -> document(uri, source, "text");
            default -> text("[unsupported " + kind + " block]");
        };
    }

    private static ObjectNode document(String uri, JsonNode source, String member) {
        var block = Json.object().put("type", "resource");
        block.putObject("resource")
                .put("uri", uri)
                .put("mimeType", source.path("media_type").asString(""))
                .put(member, source.path("data").asString(""));
        return block;
    }

    private static ObjectNode text(String text) {
        return Json.object().put("type", "text").put("text", text);
    }
}
