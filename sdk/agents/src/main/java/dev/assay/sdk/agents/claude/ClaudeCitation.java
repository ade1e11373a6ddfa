// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import dev.assay.sdk.protocol.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A citation of Claude's as a run's timeline has it. */
final class ClaudeCitation {

    private ClaudeCitation() {}

    static JsonNode of(JsonNode citation) {
        var type = citation.path("type").asString("");
        return switch (type) {
            case "char_location" -> document(citation, "start_char_index", "end_char_index");
            case "content_block_location" -> document(citation, "start_block_index", "end_block_index");
            case "search_result_location" -> cited(citation, type, citation.path("source"), "start_block_index", "end_block_index");
            case "web_search_result_location" -> cited(citation, type, citation.path("url"), "", "");
            default -> document(citation, "", "");
        };
    }

    private static JsonNode document(JsonNode citation, String start, String end) {
        var index = citation.path("document_index");
        return cited(citation, "document_citation", index.isNumber() ? Json.tree(index.asString()) : index, start, end);
    }

    private static JsonNode cited(JsonNode citation, String type, JsonNode source, String start, String end) {
        var cited = Json.object().put("type", type);
        set(cited, "text", citation.path("cited_text"));
        set(cited, "source", source);
        set(cited, "title", citation.path(type.equals("document_citation") ? "document_title" : "title"));
        set(cited, "start_index", citation.path(start));
        set(cited, "end_index", citation.path(end));
        return cited;
    }

    private static void set(ObjectNode cited, String name, JsonNode value) {
        if (!value.isMissingNode() && !value.isNull()) {
            cited.set(name, value);
        }
    }
}
