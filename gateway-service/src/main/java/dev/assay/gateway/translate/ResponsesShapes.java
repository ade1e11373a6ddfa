// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.ModelJson;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What whole and streamed responses have in common. */
final class ResponsesShapes {

    /** Members of the call that its response repeats. */
    private static final String[] REPEATED = {
        "instructions", "max_output_tokens", "max_tool_calls", "metadata", "previous_response_id", "prompt_cache_key", "reasoning",
        "safety_identifier", "service_tier", "store", "temperature", "text", "top_logprobs", "top_p", "truncation", "user"
    };

    final ResponsesItems items;
    final Gathered gathered = new Gathered();
    private final Asked asked;
    private final String id = Ids.random().substring(0, 24);

    ResponsesShapes(Asked asked) {
        this.asked = asked;
        var wantsSeals =
                asked.body().path("include").valueStream().anyMatch(what -> what.asString("").equals("reasoning.encrypted_content"));
        var kept = !asked.body().path("store").isBoolean() || asked.body().path("store").booleanValue();
        this.items = new ResponsesItems(new Emulated(asked.call().tools()), id, wantsSeals || kept);
    }

    /** @param end null: it is not over */
    ObjectNode response(Piece.@Nullable End end) {
        var incomplete = end == null ? null : end.finish().incomplete();
        var response = object().put("id", "resp_" + id)
                .put("object", "response")
                .put("created_at", asked.now().getEpochSecond())
                .put("status", end == null ? "in_progress" : incomplete == null ? "completed" : "incomplete");
        response.putNull("error");
        if (incomplete == null) {
            response.putNull("incomplete_details");
        } else {
            response.putObject("incomplete_details").put("reason", incomplete);
        }
        response.put("model", asked.model());
        var output = response.putArray("output");
        if (end != null) {
            gathered.parts.forEach(part -> output.add(items.item(part, true)));
        }
        var body = asked.body();
        response.set("parallel_tool_calls", body.path("parallel_tool_calls").isBoolean() ? body.path("parallel_tool_calls") : bool(true));
        response.set("tool_choice", repeated("tool_choice", ModelJson.MAPPER.getNodeFactory().stringNode("auto")));
        response.set("tools", body.path("tools").isArray() ? body.path("tools") : ModelJson.MAPPER.createArrayNode());
        for (var name : REPEATED) {
            response.set(name, repeated(name, ModelJson.MAPPER.nullNode()));
        }
        response.set("usage", end == null || end.usage() == null ? ModelJson.MAPPER.nullNode() : Counts.responses(end.usage()));
        return response;
    }

    private JsonNode repeated(String name, JsonNode otherwise) {
        var value = asked.body().path(name);
        return value.isMissingNode() || value.isNull() ? otherwise : value;
    }

    private static JsonNode bool(boolean value) {
        return ModelJson.MAPPER.getNodeFactory().booleanNode(value);
    }

    static ObjectNode object() {
        return ModelJson.MAPPER.createObjectNode();
    }
}
