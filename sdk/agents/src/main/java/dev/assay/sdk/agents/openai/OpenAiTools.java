// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.openai;

import dev.assay.sdk.agents.loop.Offer;
import dev.assay.sdk.protocol.Json;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The list of tools that every request carries: those of the environment, then those that run at the provider. */
final class OpenAiTools {

    /** How many functions the model is told of at once where it can search for them. */
    private static final int THRESHOLD = 10;

    private OpenAiTools() {}

    /** @param hosted as the provider wants them declared; a {@code tool_search} may say its own {@code threshold} */
    static ArrayNode of(List<Offer> offers, JsonNode hosted) {
        var tools = Json.array();
        offers.forEach(offer -> tools.add(offer.declaration().deepCopy()));
        var functions = tools.valueStream().filter(tool -> isOfType(tool, "function")).map(ObjectNode.class::cast).toList();
        for (var tool : hosted) {
            if (isOfType(tool, "tool_search") && functions.size() > tool.path("threshold").asInt(THRESHOLD)) {
                functions.forEach(function -> function.put("defer_loading", true));
            }
            var told = tool.deepCopy();
            if (told instanceof ObjectNode object) {
                object.remove("threshold");
            }
            tools.add(told);
        }
        return tools;
    }

    private static boolean isOfType(JsonNode tool, String type) {
        return tool.path("type").asString("").equals(type);
    }
}
