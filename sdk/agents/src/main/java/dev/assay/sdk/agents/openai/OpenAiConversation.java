// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.openai;

import dev.assay.sdk.agents.PromptTurn;
import dev.assay.sdk.agents.loop.Conversation;
import dev.assay.sdk.agents.loop.Offer;
import dev.assay.sdk.agents.model.ModelCall;
import dev.assay.sdk.agents.model.ModelHttp;
import dev.assay.sdk.agents.tool.Tool;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.step.AgentStep;
import dev.assay.sdk.protocol.step.ToolCall;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is new since the model's last answer: all before it the server keeps under that answer's id. */
final class OpenAiConversation implements Conversation {

    private final ModelHttp http;
    private final OpenAiConfig config;
    private final ArrayNode declarations;
    private final Map<String, Tool> tools = new HashMap<>();
    private final List<JsonNode> untold = new ArrayList<>();
    private boolean begun;
    private @Nullable String lastResponse;

    OpenAiConversation(ModelHttp http, OpenAiConfig config, List<PromptTurn> prompt, List<Offer> offers) {
        this.http = http;
        this.config = config;
        this.declarations = OpenAiTools.of(offers, config.hosted());
        offers.forEach(offer -> tools.put(offer.tool().name(), offer.tool()));
        prompt.forEach(turn -> untold.add(message(turn.role(), turn.text())));
    }

    @Override
    public AgentStep next() throws Exception {
        if (begun && lastResponse == null) {
            throw new IOException("the model's last answer had no id by which the conversation could go on");
        }
        if (begun && untold.isEmpty()) {
            return AgentStep.says("", List.of(), config.model());
        }
        var answer = new OpenAiAnswer(http.post(new ModelCall("/responses", request())));
        // only now: what cannot be gone on from leaves the conversation where it was
        begun = true;
        lastResponse = answer.id();
        untold.clear();
        return answer.step(config.model());
    }

    @Override
    public void answer(ToolCall call, ToolOutcome outcome) throws IOException {
        switch (tools.get(call.name())) {
            case ComputerCalls computer -> untold.addAll(computer.answer(call, outcome));
            case ShellCalls shell -> untold.add(shell.answer(call, outcome));
            case null, default -> untold.add(FunctionOutput.of(call, outcome));
        }
    }

    @Override
    public void say(String text) {
        untold.add(message("user", text));
    }

    private ObjectNode request() {
        var body = config.body().deepCopy();
        body.putArray("input").addAll(untold.isEmpty() ? List.of(message("user", "")) : untold);
        if (lastResponse != null) {
            body.put("previous_response_id", lastResponse);
        }
        if (!declarations.isEmpty()) {
            body.set("tools", declarations);
        }
        return body;
    }

    static ObjectNode message(String role, String text) {
        return Json.object().put("role", role).set("content", Json.array().add(FunctionOutput.text(text)));
    }
}
