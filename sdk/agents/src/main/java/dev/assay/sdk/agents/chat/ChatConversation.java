// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.chat;

import dev.assay.sdk.agents.PromptTurn;
import dev.assay.sdk.agents.loop.Conversation;
import dev.assay.sdk.agents.loop.Offer;
import dev.assay.sdk.agents.model.ModelHttp;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.AgentStep;
import dev.assay.sdk.protocol.step.ToolCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The messages of a run as Chat Completions wants them. */
final class ChatConversation implements Conversation {

    private final ModelHttp http;
    private final ChatConfig config;
    private final ArrayNode tools = Json.array();
    private final List<JsonNode> messages = new ArrayList<>();

    /** The token ids that the next prompt begins with, and how many messages they stand for. */
    private @Nullable ArrayNode prefix;

    private int prefixMessages;

    ChatConversation(ModelHttp http, ChatConfig config, List<PromptTurn> prompt, List<Offer> offers) {
        this.http = http;
        this.config = config;
        prompt.forEach(turn -> messages.add(message(turn.role(), text(turn.text()))));
        offers.forEach(offer -> tools.add(offer.declaration()));
    }

    @Override
    public AgentStep next() throws Exception {
        var answer = new ChatAnswer(http.post(config.call(request())), messages.size());
        messages.add(answer.replayed());
        var sample = config.capturesTokens() ? answer.sample() : null;
        if (sample != null) {
            continueFrom(sample, answer.hasFlatPrompt());
        }
        return answer.step(config.model(), sample);
    }

    @Override
    public void answer(ToolCall call, ToolOutcome outcome) {
        var blocks = blocks(outcome);
        var text = new StringBuilder();
        blocks.stream().filter(block -> type(block).equals("text")).forEach(block -> text.append(block.path("text").asString("")));
        var hasText = blocks.stream().anyMatch(block -> type(block).equals("text"));
        messages.add(Json.object()
                .put("role", "tool")
                .put("tool_call_id", call.id())
                .put("content", hasText ? text.toString() : "Tool executed successfully"));
        // a tool message holds text only, so the picture follows as if the user had sent it; the last one is the one that counts
        blocks.stream().filter(block -> type(block).equals("image")).reduce((first, last) -> last).ifPresent(this::show);
    }

    @Override
    public void say(String text) {
        messages.add(message("user", text(text)));
    }

    private void show(JsonNode image) {
        var url = "data:" + image.path("mimeType").asString("image/png") + ";base64," + image.path("data").asString("");
        var picture = Json.object().put("type", "image_url").set("image_url", Json.object().put("url", url));
        messages.add(message("user", text("Tool returned the following:"), picture));
    }

    private ObjectNode request() {
        var body = Json.object().put("model", config.model());
        var told = body.putArray("messages");
        if (config.systemPrompt() != null) {
            told.addObject().put("role", "system").put("content", config.systemPrompt());
        }
        told.addAll(messages);
        body.put("stream", false).setAll(config.body());
        if (!tools.isEmpty()) {
            body.set("tools", tools);
        }
        if (config.capturesTokens() && prefix != null && !prefix.isEmpty()) {
            body.set("prompt_token_ids", prefix);
            body.put("continuation_from", prefixMessages);
        }
        return body;
    }

    private void continueFrom(ObjectNode sample, boolean flat) {
        prefix = null;
        if (flat) {
            prefix = Json.array().addAll((ArrayNode) sample.get("prompt_token_ids")).addAll((ArrayNode) sample.get("output_token_ids"));
            prefixMessages = messages.size();
        }
    }

    private static List<JsonNode> blocks(ToolOutcome outcome) {
        return outcome.content().isEmpty() && outcome.structured() != null
                ? List.of(outcome.structured().path("result"))
                : outcome.content();
    }

    private static ObjectNode message(String role, JsonNode... parts) {
        return Json.object().put("role", role).set("content", Json.array().addAll(List.of(parts)));
    }

    private static JsonNode text(String text) {
        return Json.object().put("type", "text").put("text", text);
    }

    private static String type(JsonNode block) {
        return block.path("type").asString("");
    }
}
