// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Sees to it that every tool call of an answer has an id of its own: a client has to name it in the next call, and what has none, or an
 * empty one, is refused then by the very provider that left it out. Of one answer; a stream's pieces come one after the other.
 */
final class ToolCallIds {

    private final Set<String> given = new HashSet<>();
    private final Map<Integer, Integer> begun = new HashMap<>();

    /**
     * Mends the calls of a whole message.
     *
     * @return whether anything had to be changed
     */
    boolean mend(JsonNode message) {
        var changed = false;
        for (var call : message.path("tool_calls")) {
            if (call instanceof ObjectNode object) {
                changed |= id(object) | type(object) | arguments(object, "{}");
            }
        }
        return changed;
    }

    /**
     * Mends the calls of one piece of a streamed choice: those that begin in it get what whole ones have, those that go on keep what they
     * began with.
     */
    boolean mendPiece(int choice, JsonNode delta) {
        if (!(delta.path("tool_calls") instanceof ArrayNode calls)) {
            return false;
        }
        var changed = false;
        for (var element : calls) {
            if (!(element instanceof ObjectNode call)) {
                continue;
            }
            var count = begun.getOrDefault(choice, 0);
            var named = !call.path("function").path("name").asString("").isEmpty();
            if (!call.path("index").isInt()) {
                call.put("index", named || count == 0 ? count : count - 1);
                changed = true;
            }
            if (call.path("index").asInt() >= count) {
                begun.put(choice, call.path("index").asInt() + 1);
                changed |= id(call) | type(call) | arguments(call, "");
            } else {
                if (call.has("id") && call.path("id").asString("").isEmpty()) {
                    call.remove("id");
                    changed = true;
                }
                changed |= arguments(call, "");
            }
        }
        return changed;
    }

    private boolean id(ObjectNode call) {
        var id = call.path("id");
        if (id.isString() && !id.asString().isBlank() && given.add(id.asString())) {
            return false;
        }
        var invented = "call_" + UUID.randomUUID().toString().replace("-", "");
        given.add(invented);
        call.put("id", invented);
        return true;
    }

    private static boolean type(ObjectNode call) {
        if (call.path("type").isString() || !call.path("function").isObject()) {
            return false;
        }
        call.put("type", "function");
        return true;
    }

    /** Arguments are a text that holds JSON. Some providers send the JSON itself. */
    private static boolean arguments(ObjectNode call, String none) {
        if (!(call.path("function") instanceof ObjectNode function) || function.path("arguments").isString()) {
            return false;
        }
        var arguments = function.path("arguments");
        function.put("arguments", arguments.isMissingNode() || arguments.isNull() ? none : ModelJson.MAPPER.writeValueAsString(arguments));
        return true;
    }
}
