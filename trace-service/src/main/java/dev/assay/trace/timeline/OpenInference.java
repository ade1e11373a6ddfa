// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.sdk.protocol.Json;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** The conventions of OpenInference, in which messages are spread over attributes. */
final class OpenInference {

    private OpenInference() {}

    static OtelStep turn(JsonNode attributes) {
        var usage = Json.object();
        OtelStep.count(usage, "prompt_tokens", attributes, "llm.token_count.prompt");
        OtelStep.count(usage, "completion_tokens", attributes, "llm.token_count.completion");
        OtelStep.count(usage, "cached_tokens", attributes, "llm.token_count.prompt_details.cache_read");
        return OtelStep.turn(
                messages(attributes, "llm.input_messages", "input.value", "user"),
                messages(attributes, "llm.output_messages", "output.value", "assistant"),
                usage,
                OtelText.first(attributes, "llm.model_name").orElse(null),
                OtelText.first(attributes, "llm.finish_reason").orElse(null));
    }

    static OtelStep tool(JsonNode attributes, String name) {
        return OtelStep.tool(
                OtelText.first(attributes, "tool.name").map(OtelText::of).orElse(name),
                OtelText.first(attributes, "tool_call.id", "tool.id"),
                OtelText.first(attributes, "input.value", "tool.parameters"),
                OtelText.first(attributes, "output.value"));
    }

    private static List<OtelMessage> messages(JsonNode attributes, String spread, String whole, String role) {
        var messages = OtelText.values(OtelText.spread(attributes, spread)).stream()
                .map(one -> OtelMessage.of(one.path("message"), role))
                .toList();
        if (!messages.isEmpty()) {
            return messages;
        }
        return OtelText.first(attributes, whole).map(value -> List.of(OtelMessage.said(role, OtelText.of(value)))).orElse(List.of());
    }
}
