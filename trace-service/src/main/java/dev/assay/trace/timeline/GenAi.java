// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.sdk.protocol.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * OpenTelemetry's conventions for generative AI. What was said stands in attributes, in an event's, in an event for each message (as the
 * conventions had it until 1.36), or spread over attributes (as OpenLLMetry writes it).
 */
final class GenAi {

    private static final Set<String> ASKED =
            Set.of("gen_ai.system.message", "gen_ai.user.message", "gen_ai.assistant.message", "gen_ai.tool.message");

    private GenAi() {}

    static OtelStep turn(JsonNode attributes, JsonNode events) {
        var usage = Json.object();
        OtelStep.count(usage, "prompt_tokens", attributes, "gen_ai.usage.input_tokens", "gen_ai.usage.prompt_tokens");
        OtelStep.count(usage, "completion_tokens", attributes, "gen_ai.usage.output_tokens", "gen_ai.usage.completion_tokens");
        OtelStep.count(usage, "cached_tokens", attributes, "gen_ai.usage.cache_read.input_tokens", "gen_ai.usage.cache_read_input_tokens");
        var finish = OtelText.first(attributes, "gen_ai.response.finish_reasons").map(OtelText::parsed)
                .map(reasons -> reasons.isArray() ? reasons.path(0) : reasons);
        return OtelStep.turn(
                asked(attributes, events),
                said(attributes, events),
                usage,
                OtelText.first(attributes, "gen_ai.response.model", "gen_ai.request.model").orElse(null),
                finish.orElse(null));
    }

    static OtelStep tool(JsonNode attributes, String name) {
        return OtelStep.tool(
                OtelText.first(attributes, "gen_ai.tool.name").map(OtelText::of).orElse(name.replaceFirst("^execute_tool ", "")),
                OtelText.first(attributes, "gen_ai.tool.call.id"),
                OtelText.first(attributes, "gen_ai.tool.call.arguments"),
                OtelText.first(attributes, "gen_ai.tool.call.result"));
    }

    private static List<OtelMessage> asked(JsonNode attributes, JsonNode events) {
        var asked = new ArrayList<OtelMessage>();
        OtelText.first(attributes, "gen_ai.system_instructions").map(OtelText::parsed)
                .ifPresent(parts -> asked.add(OtelMessage.of(parts.isArray() ? Json.object().set("parts", parts) : parts, "system")));
        asked.addAll(inOne(attributes, events, "gen_ai.input.messages", "gen_ai.prompt", "user"));
        for (var event : events) {
            var name = event.path("name").asString("");
            if (ASKED.contains(name)) {
                asked.add(OtelMessage.of(event.path("attributes"), name.split("\\.")[1]));
            }
        }
        return asked;
    }

    private static List<OtelMessage> said(JsonNode attributes, JsonNode events) {
        var said = new ArrayList<>(inOne(attributes, events, "gen_ai.output.messages", "gen_ai.completion", "assistant"));
        for (var event : events) {
            if (event.path("name").asString("").equals("gen_ai.choice")) {
                var choice = event.path("attributes");
                var message = OtelText.parsed(choice.path("message"));
                said.add(OtelMessage.of(message.isObject() ? message : choice, "assistant"));
            }
        }
        return said;
    }

    /** All messages in one attribute, or spread over some that begin alike. */
    private static List<OtelMessage> inOne(JsonNode attributes, JsonNode events, String name, String earlier, String role) {
        var whole = OtelText.first(attributes, name, earlier).or(() -> events.valueStream()
                .flatMap(event -> OtelText.first(event.path("attributes"), name, earlier).stream())
                .findFirst());
        return whole.map(messages -> OtelMessage.list(OtelText.parsed(messages), role))
                .orElseGet(() -> OtelText.values(OtelText.spread(attributes, earlier)).stream()
                        .map(message -> OtelMessage.of(message, role))
                        .toList());
    }
}
