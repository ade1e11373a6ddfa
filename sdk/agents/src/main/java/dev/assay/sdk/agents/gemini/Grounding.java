// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.gemini;

import dev.assay.sdk.protocol.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What an answer rests on: the passages with their sources, then the sources that no passage names. */
final class Grounding {

    private Grounding() {}

    static List<JsonNode> citations(JsonNode grounding) {
        var citations = new ArrayList<JsonNode>();
        var sources = grounding.path("groundingChunks").valueStream().map(chunk -> chunk.path("web")).toList();
        var named = new HashSet<Integer>();
        for (var support : grounding.path("groundingSupports")) {
            var segment = support.path("segment");
            for (var index : support.path("groundingChunkIndices")) {
                var number = index.asInt(-1);
                named.add(number);
                var source = number >= 0 && number < sources.size() ? sources.get(number) : Json.object();
                var citation = citation(segment.path("text").asString(""), source);
                copy(segment, "startIndex", citation, "start_index");
                copy(segment, "endIndex", citation, "end_index");
                citations.add(citation);
            }
        }
        for (var number = 0; number < sources.size(); number++) {
            if (!named.contains(number) && !sources.get(number).path("uri").asString("").isEmpty()) {
                citations.add(citation("", sources.get(number)));
            }
        }
        return citations;
    }

    private static ObjectNode citation(String text, JsonNode source) {
        var citation = Json.object().put("type", "grounding").put("text", text).put("source", source.path("uri").asString(""));
        copy(source, "title", citation, "title");
        return citation;
    }

    private static void copy(JsonNode from, String member, ObjectNode to, String name) {
        if (from.hasNonNull(member)) {
            to.set(name, from.get(member));
        }
    }
}
