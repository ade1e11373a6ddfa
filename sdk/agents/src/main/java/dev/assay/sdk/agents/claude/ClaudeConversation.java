// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import dev.assay.sdk.agents.PromptTurn;
import dev.assay.sdk.agents.loop.Conversation;
import dev.assay.sdk.agents.loop.Offer;
import dev.assay.sdk.agents.model.BrokenStreamException;
import dev.assay.sdk.agents.model.ModelCall;
import dev.assay.sdk.agents.model.ModelHttp;
import dev.assay.sdk.agents.tool.Tool;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.PythonText;
import dev.assay.sdk.protocol.step.AgentStep;
import dev.assay.sdk.protocol.step.ToolCall;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The messages of a run as Claude wants them, all of them told again each turn. */
final class ClaudeConversation implements Conversation {

    private static final int ATTEMPTS = 3;
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final String THINKING_BINDING = "thinking-binding-controls-2026-08-01";
    private static final String OMITTED = "[an earlier image, left out]";

    private final ModelHttp http;
    private final ClaudeConfig config;
    private final Map<String, Tool> tools = new HashMap<>();
    private final ArrayNode declarations = Json.array();
    private final Map<String, String> headers = new HashMap<>(Map.of("anthropic-version", "2026-10-21"));
    private final List<ObjectNode> messages = new ArrayList<>();

    ClaudeConversation(ModelHttp http, ClaudeConfig config, List<PromptTurn> prompt, List<Offer> offers) {
        this.http = http;
        this.config = config;
        prompt.forEach(turn -> messages.add(
                Json.object().put("role", turn.role()).set("content", Json.array().add(ToolResults.text(turn.text())))));
        var betas = new TreeSet<String>();
        for (var offer : offers) {
            tools.put(offer.tool().name(), offer.tool());
            declarations.add(offer.declaration());
            if (offer.tool() instanceof ComputerTool computer) {
                Optional.ofNullable(computer.kind().beta()).ifPresent(betas::add);
            }
        }
        if (config.images() != null) {
            betas.add(THINKING_BINDING);
        }
        if (!betas.isEmpty()) {
            headers.put("anthropic-beta", String.join(",", betas));
        }
    }

    @Override
    public AgentStep next() throws Exception {
        if (config.images() != null) {
            forgetImages(config.images());
        }
        var answer = ask();
        messages.add(Json.object().put("role", "assistant").set("content", answer.path("content")));
        return ClaudeAnswer.step(answer, config.model(), config.citations());
    }

    @Override
    public void answer(ToolCall call, ToolOutcome outcome) throws Exception {
        if (call.id() != null && !call.id().isEmpty()) {
            messages.addAll(ToolResults.messages(call, tools.get(call.name()), outcome));
        }
    }

    @Override
    public void say(String text) {
        messages.add(ToolResults.user(List.of(ToolResults.text(text))));
    }

    /** Arguments that are no JSON are asked for again as they were, then with words about it, and then they are the run's end. */
    private ObjectNode ask() throws Exception {
        for (var failures = 1; ; failures++) {
            try {
                return ask(new ModelCall("/v1/messages", request(), headers, null));
            } catch (InvalidToolJsonException e) {
                if (failures == ATTEMPTS) {
                    throw e;
                }
                if (failures == ATTEMPTS - 1) {
                    say("The arguments of your last tool call were no valid JSON. Make that call again, with arguments that are.\n"
                            + "This is what came, wrapped: " + PythonText.json(Json.object().put("INVALID_JSON", e.payload())));
                }
            }
        }
    }

    /** A stream that broke off, or told of a failure that passes, is asked for again. */
    private ObjectNode ask(ModelCall call) throws Exception {
        for (var attempt = 1; ; attempt++) {
            try {
                return http.stream(call, StreamedMessage::read);
            } catch (StreamErrorException e) {
                if (attempt == ATTEMPTS || !e.passes()) {
                    throw e;
                }
                http.pause(e.retryAfter().map(told -> told.compareTo(LONGEST_PAUSE) < 0 ? told : LONGEST_PAUSE).orElse(chance(attempt)));
            } catch (BrokenStreamException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                http.pause(chance(attempt));
            }
        }
    }

    private static Duration chance(int attempt) {
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(1000L << attempt - 1));
    }

    private ObjectNode request() {
        var request = Json.object().put("model", config.model());
        if (config.systemPrompt() != null) {
            request.put("system", config.systemPrompt());
        }
        request.put("max_tokens", config.maxTokens()).set("messages", cached());
        request.set("tools", declarations);
        request.set("tool_choice", Json.object().put("type", "auto").put("disable_parallel_tool_use", true));
        if (config.thinking() instanceof ObjectNode thinking) {
            request.set("thinking", config.images() == null ? thinking
                    : thinking.deepCopy().set("block_binding", Json.object().put("prefix_mismatch_behavior", "drop_block")));
        }
        return request.put("stream", true);
    }

    /** All that was said, up to which the provider may keep it: a mark that the next request no longer has there. */
    private ArrayNode cached() {
        var told = Json.array().addAll(messages);
        if (!messages.isEmpty() && messages.getLast().path("role").asString("").equals("user")) {
            var last = messages.getLast().deepCopy();
            last.path("content").forEach(block ->
                    ((ObjectNode) block).set("cache_control", Json.object().put("type", "ephemeral")));
            told.set(told.size() - 1, last);
        }
        return told;
    }

    /** Of the images in tool results the newest stay; those before them are replaced for good. */
    private void forgetImages(int kept) {
        var seen = 0;
        for (var message : messages.reversed()) {
            for (var result : reversed(message.path("content"))) {
                if (result.path("type").asString("").equals("tool_result") && result.path("content") instanceof ArrayNode content) {
                    for (var i = content.size() - 1; i >= 0; i--) {
                        if (content.get(i).path("type").asString("").equals("image") && ++seen > kept) {
                            content.set(i, ToolResults.text(OMITTED));
                        }
                    }
                }
            }
        }
    }

    private static List<JsonNode> reversed(JsonNode array) {
        return array.valueStream().toList().reversed();
    }
}
