// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.PythonText;
import dev.assay.sdk.protocol.step.AgentStep;
import dev.assay.sdk.protocol.step.ToolCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A message of Claude's as a step: its text, its thoughts, its calls. Blocks of other kinds say nothing to us. */
public final class ClaudeAnswer {

    private final JsonNode message;
    private final boolean citations;
    private final StringBuilder text = new StringBuilder();
    private final List<String> thoughts = new ArrayList<>();
    private final List<ToolCall> calls = new ArrayList<>();
    private final List<JsonNode> cited = new ArrayList<>();

    private ClaudeAnswer(JsonNode message, boolean citations) {
        this.message = message;
        this.citations = citations;
    }

    /**
     * @param message as the Messages API gives it
     * @param requestedModel for a message that does not name its model
     * @param citations whether the agent's config wants what tools say to be citable
     */
    public static AgentStep step(JsonNode message, String requestedModel, boolean citations) {
        return new ClaudeAnswer(message, citations).step(requestedModel);
    }

    private AgentStep step(String requestedModel) {
        var content = message.path("content");
        for (var i = 0; i < content.size(); i++) {
            take(content.get(i), i == content.size() - 1);
        }
        var usage = message.path("usage");
        return AgentStep.says(text.toString(), calls, message.path("model").asString(requestedModel))
                .withReasoning(thoughts.isEmpty() ? null : String.join("\n", thoughts))
                .withFinish(message.path("stop_reason").asStringOpt().orElse(null), refusal())
                .withCitations(cited)
                .withUsage(AgentStep.Usage.of(
                        count(usage.path("input_tokens")), count(usage.path("output_tokens")), count(usage.path("cache_read_input_tokens"))));
    }

    private void take(JsonNode block, boolean last) {
        switch (block.path("type").asString("")) {
            case "text" -> {
                text.append(block.path("text").asString(""));
                block.path("citations").forEach(citation -> cited.add(ClaudeCitation.of(citation)));
            }
            case "thinking" -> {
                if (!block.path("thinking").asString("").isEmpty()) {
                    thoughts.add(block.path("thinking").stringValue());
                }
            }
            case "tool_use" -> calls.add(call(block, last && message.path("stop_reason").asString("").equals("max_tokens")));
            default -> { }
        }
    }

    /** A member of a toolset is one action of the toolset's tool. A call that the end of the tokens cut off is not to be executed. */
    private ToolCall call(JsonNode block, boolean cut) {
        var name = block.path("name").asString("");
        var toolset = block.path("toolset_name").asString("");
        var arguments = Json.object();
        if (!toolset.isEmpty()) {
            arguments.put("action", name);
        }
        block.path("input").propertyStream().forEach(member -> arguments.set(member.getKey(), member.getValue()));
        return new ToolCall(
                        toolset.isEmpty() ? name : toolset,
                        cut ? Json.tree(PythonText.json(arguments)) : arguments,
                        block.path("id").asString(""),
                        toolset.isEmpty() ? null : name)
                .withMeta(Json.object().put("citations_enabled", citations));
    }

    private @Nullable String refusal() {
        var details = message.path("stop_details");
        if (!message.path("stop_reason").asString("").equals("refusal") || !details.isObject()) {
            return null;
        }
        var explanation = details.path("explanation").asString("");
        if (!explanation.isEmpty()) {
            return explanation;
        }
        return details.path("category").isString()
                ? "the provider refused to answer (" + details.path("category").stringValue() + ")"
                : null;
    }

    private static @Nullable Long count(JsonNode number) {
        return number.isNumber() ? number.asLong(0) : null;
    }
}
