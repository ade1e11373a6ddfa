// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.toy;

import dev.assay.trainer.engine.Conversation.Tool;
import dev.assay.trainer.engine.Conversation.ToolCall;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the toy can call: of each tool, one call for each value of its first parameter that has an {@code enum}; of a tool without one, one
 * call. What else is required is given by its {@code default}; a tool that requires more than that cannot be called. The first 16 count.
 */
record Choices(List<ToolCall> calls) {

    private static final JsonMapper JSON = JsonMapper.shared();

    static Choices among(List<Tool> tools) {
        List<ToolCall> calls = new ArrayList<>();
        for (var tool : tools) {
            add(tool, calls);
        }
        return new Choices(List.copyOf(calls.subList(0, Math.min(calls.size(), Vocabulary.CALLS))));
    }

    private static void add(Tool tool, List<ToolCall> calls) {
        var properties = tool.parameters().path("properties");
        var chosen = properties.propertyStream().filter(property -> property.getValue().path("enum").isArray()).findFirst();
        var arguments = JSON.createObjectNode();
        for (var required : tool.parameters().path("required")) {
            var name = required.asString("");
            if (chosen.filter(property -> property.getKey().equals(name)).isPresent()) {
                continue;
            }
            if (!properties.path(name).has("default")) {
                return;
            }
            arguments.set(name, properties.path(name).get("default"));
        }
        if (chosen.isEmpty()) {
            calls.add(call(tool, arguments));
            return;
        }
        StreamSupport.stream(chosen.get().getValue().get("enum").spliterator(), false)
                .limit(Vocabulary.CALLS)
                .forEach(value -> calls.add(call(tool, arguments.deepCopy().set(chosen.get().getKey(), value))));
    }

    private static ToolCall call(Tool tool, JsonNode arguments) {
        return new ToolCall(tool.name(), arguments.toString());
    }

    /** The token that begins an answer where there are these. */
    int mark() {
        return calls.isEmpty() ? Vocabulary.ASSISTANT : Vocabulary.ACTING + calls.size();
    }

    /** The token that stands for a call; null: it is none of these. */
    @Nullable Integer token(ToolCall call) {
        for (int choice = 0; choice < calls.size(); choice++) {
            if (calls.get(choice).name().equals(call.name()) && same(calls.get(choice).arguments(), call.arguments())) {
                return Vocabulary.CALL + choice;
            }
        }
        return null;
    }

    private static boolean same(String one, String other) {
        try {
            return one.equals(other) || JSON.readTree(one).equals(JSON.readTree(other));
        } catch (JacksonException e) {
            return false;
        }
    }
}
