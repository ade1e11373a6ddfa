// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import dev.assay.sdk.protocol.Json;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** The parts of a step's payload that people read. */
final class StepText {

    private StepText() {}

    /** All text of a list of content blocks. */
    static String ofBlocks(JsonNode blocks) {
        return blocks.valueStream().map(StepText::ofBlock).filter(text -> !text.isEmpty()).collect(Collectors.joining("\n"));
    }

    static String ofMessages(JsonNode messages) {
        return messages.valueStream()
                .map(message -> message.path("content").isArray() ? ofBlocks(message.path("content")) : ofBlock(message.path("content")))
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining("\n\n"));
    }

    /** The calls of a turn, arguments always an object: what was none stands under {@code raw}. */
    static ArrayNode calls(JsonNode toolCalls) {
        var calls = Json.array();
        for (var call : toolCalls) {
            var shown = calls.addObject();
            shown.set("id", call.path("id").isMissingNode() ? Json.tree(null) : call.path("id"));
            shown.put("name", call.path("name").asString(""));
            shown.set("arguments", arguments(call.path("arguments")));
        }
        return calls;
    }

    static JsonNode arguments(JsonNode arguments) {
        if (arguments.isObject()) {
            return arguments;
        }
        return arguments.isMissingNode() || arguments.isNull() ? Json.object() : Json.object().set("raw", arguments);
    }

    static @Nullable String error(JsonNode payload) {
        return payload.path("error").isString() ? payload.path("error").stringValue() : null;
    }

    private static String ofBlock(JsonNode block) {
        return switch (block.path("type").asString("")) {
            case "text" -> block.path("text").asString("");
            case "resource" -> block.path("resource").path("text").asString("");
            case "resource_link" -> block.path("uri").asString("");
            default -> block.isString() ? block.stringValue() : "";
        };
    }
}
