// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.gemini;

import dev.assay.sdk.agents.PromptTurn;
import dev.assay.sdk.agents.loop.Conversation;
import dev.assay.sdk.agents.loop.Offer;
import dev.assay.sdk.agents.model.ModelCall;
import dev.assay.sdk.agents.model.ModelHttp;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.AgentStep;
import dev.assay.sdk.protocol.step.ToolCall;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The turns of a run, all of them in every request. What the model said goes back part by part as it came: its signatures hang on that. */
final class GeminiConversation implements Conversation {

    /** Pictures are dear, and a screen of long ago is of no use. */
    private static final int TURNS_WITH_SCREENSHOTS = 3;

    private final ModelHttp http;
    private final GeminiConfig config;
    private final ArrayNode tools;
    private final Set<String> desktopActions;
    private final List<ObjectNode> turns = new ArrayList<>();

    GeminiConversation(ModelHttp http, GeminiConfig config, List<PromptTurn> prompt, List<Offer> offers) {
        this.http = http;
        this.config = config;
        this.tools = tools(offers, config.hosted());
        this.desktopActions = offers.stream()
                .map(Offer::tool)
                .filter(Desktop.class::isInstance)
                .map(tool -> ((Desktop) tool).actions())
                .findFirst()
                .orElse(Set.of());
        prompt.forEach(turn -> turns.add(turn(turn.role().equals("assistant") ? "model" : "user", text(turn.text()))));
    }

    @Override
    public AgentStep next() throws Exception {
        if (turns.isEmpty()) {
            throw new IOException("the task's prompt has no turns, and Gemini cannot be asked without");
        }
        forgetOldScreenshots();
        var answer = http.stream(new ModelCall(path(config.model()), request()), GeminiAnswer::read);
        if (!answer.parts().isEmpty()) {
            turns.add(turn("model", answer.parts()));
        }
        return answer.step(config.model(), desktopActions);
    }

    @Override
    public void answer(ToolCall call, ToolOutcome outcome) throws IOException {
        turns.add(turn("user", FunctionResponse.of(call, outcome, config.maxResultChars())));
    }

    @Override
    public void say(String text) {
        turns.add(turn("user", text(text)));
    }

    /** A model may be named with its kind before it. */
    private static String path(String model) {
        var named = model.startsWith("models/") || model.startsWith("tunedModels/") ? model : "models/" + model;
        var encoded = URLEncoder.encode(named, StandardCharsets.UTF_8).replace("+", "%20").replace("%2F", "/").replace("%3A", ":");
        return "/v1beta/" + encoded + ":streamGenerateContent?alt=sse";
    }

    private ObjectNode request() {
        var body = Json.object();
        body.putArray("contents").addAll(turns);
        if (config.systemPrompt() != null) {
            body.set("systemInstruction", turn("user", text(config.systemPrompt())));
        }
        if (!tools.isEmpty()) {
            body.set("tools", tools);
        }
        return body.set("generationConfig", config.generation());
    }

    /** All functions are one entry, behind those of the provider's own tools. */
    private static ArrayNode tools(List<Offer> offers, ArrayNode hosted) {
        var tools = Json.array();
        var functions = Json.array();
        for (var offer : offers) {
            (offer.tool() instanceof Desktop ? tools : functions).add(offer.declaration());
        }
        tools.addAll(hosted);
        if (!functions.isEmpty()) {
            tools.addObject().set("functionDeclarations", functions);
        }
        return tools;
    }

    private void forgetOldScreenshots() {
        var kept = 0;
        for (var turn : turns.reversed()) {
            var response = FunctionResponse.in(turn);
            if (response.has("parts") && desktopActions.contains(response.path("name").asString(""))
                    && ++kept > TURNS_WITH_SCREENSHOTS) {
                ((ObjectNode) response).remove("parts");
            }
        }
    }

    private static ObjectNode turn(String role, JsonNode part) {
        return turn(role, Json.array().add(part));
    }

    private static ObjectNode turn(String role, ArrayNode parts) {
        return Json.object().put("role", role).set("parts", parts);
    }

    private static JsonNode text(String text) {
        return Json.object().put("text", text);
    }
}
