// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.protocol.Json;
import dev.assay.trace.span.SpanMark;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class OtelStepTests {

    private static final String SAID = "[{\"role\": \"assistant\", \"parts\": [{\"type\": \"reasoning\", \"content\": \"think\"},"
            + " {\"type\": \"text\", \"content\": \"Paris, I guess\"}, {\"type\": \"tool_call\", \"id\": \"c1\", \"name\": \"weather\","
            + " \"arguments\": {\"city\": \"Paris\"}}], \"finish_reason\": \"tool_call\"}]";
    private static final String ASKED = "[{\"role\": \"user\", \"parts\": [{\"type\": \"text\", \"content\": \"Where?\"}]},"
            + " {\"role\": \"tool\", \"parts\": [{\"type\": \"tool_call_response\", \"id\": \"c0\", \"response\": {\"rain\": 1}}]}]";

    @Test
    void aTurnByOpenTelemetrysConventions() {
        var entry = entry("chat gpt", attributes("""
                {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt", "gen_ai.response.model": "gpt-5-2026",
                 "gen_ai.usage.input_tokens": 12, "gen_ai.usage.output_tokens": 3, "gen_ai.usage.cache_read.input_tokens": 4,
                 "gen_ai.system_instructions": "[{\\"type\\": \\"text\\", \\"content\\": \\"Be brief.\\"}]"}""")
                .put("gen_ai.output.messages", SAID).put("gen_ai.input.messages", ASKED), "[]");

        isTheTurn(entry);
        assertThat(entry.path("model").asString()).isEqualTo("gpt-5-2026");
        assertThat(entry.path("usage").toString()).isEqualTo("{\"prompt_tokens\":12,\"completion_tokens\":3,\"cached_tokens\":4}");
        assertThat(entry.path("finish_reason").asString()).isEqualTo("tool_call");
        assertThat(entry.path("input_messages").valueStream().map(message -> message.path("role").asString()))
                .containsExactly("system", "user", "tool");
        assertThat(StepText.ofMessages(entry.path("input_messages"))).isEqualTo("Be brief.\n\nWhere?\n\n{\"rain\":1}");
    }

    @Test
    void messagesThatAreNoTextButValues() {
        var attributes = attributes("{\"gen_ai.operation.name\": \"generate_content\"}");
        attributes.set("gen_ai.output.messages", Json.MAPPER.readTree(SAID));
        isTheTurn(entry("x", attributes, "[]"));
    }

    @Test
    void messagesInAnEvent() {
        var event = Json.object().put("name", "gen_ai.client.inference.operation.details");
        event.putObject("attributes").put("gen_ai.output.messages", SAID);
        isTheTurn(entry("x", attributes("{\"gen_ai.operation.name\": \"chat\"}"), "[" + event + "]"));
    }

    @Test
    void anEventForEachMessage() {
        var function = Json.object().put("name", "weather").put("arguments", "{\"city\": \"Paris\"}");
        var message = Json.object().put("content", "Paris, I guess");
        message.putArray("tool_calls").addObject().put("id", "c1").put("type", "function").set("function", function);
        var choice = Json.object().put("name", "gen_ai.choice");
        choice.putObject("attributes").put("finish_reason", "stop").put("message", message.toString());
        var entry = entry("x", attributes("{\"gen_ai.operation.name\": \"chat\"}"),
                "[{\"name\": \"gen_ai.user.message\", \"attributes\": {\"content\": \"Where?\"}}, " + choice + "]");

        assertThat(entry.path("text").asString()).isEqualTo("Paris, I guess");
        assertThat(entry.at("/tool_calls/0/arguments/city").asString()).isEqualTo("Paris");
        assertThat(StepText.ofMessages(entry.path("input_messages"))).isEqualTo("Where?");
    }

    @Test
    void messagesThatAreSpreadOverAttributes() {
        var entry = entry("openai.chat", attributes("""
                {"llm.request.type": "chat", "gen_ai.prompt.0.role": "system", "gen_ai.prompt.0.content": "Be brief.",
                 "gen_ai.prompt.10.role": "user", "gen_ai.prompt.10.content": "last", "gen_ai.prompt.2.content": "Where?",
                 "gen_ai.completion.0.role": "assistant", "gen_ai.completion.0.content": "Paris, I guess",
                 "gen_ai.completion.0.finish_reason": "stop", "gen_ai.completion.0.tool_calls.0.id": "c1",
                 "gen_ai.completion.0.tool_calls.0.name": "weather",
                 "gen_ai.completion.0.tool_calls.0.arguments": "{\\"city\\": \\"Paris\\"}",
                 "gen_ai.usage.prompt_tokens": 5}"""), "[]");

        assertThat(entry.path("text").asString()).isEqualTo("Paris, I guess");
        assertThat(entry.at("/tool_calls/0/name").asString()).isEqualTo("weather");
        assertThat(entry.at("/tool_calls/0/arguments/city").asString()).isEqualTo("Paris");
        assertThat(entry.path("finish_reason").asString()).isEqualTo("stop");
        assertThat(entry.at("/usage/prompt_tokens").intValue()).isEqualTo(5);
        assertThat(StepText.ofMessages(entry.path("input_messages"))).isEqualTo("Be brief.\n\nWhere?\n\nlast");
    }

    @Test
    void aTurnByOpenInference() {
        var entry = entry("ChatCompletion", attributes("""
                {"openinference.span.kind": "LLM", "llm.model_name": "gpt", "llm.token_count.prompt": 12, "llm.token_count.completion": 3,
                 "llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.contents.0.message_content.type": "text",
                 "llm.input_messages.0.message.contents.0.message_content.text": "Where?", "input.value": "raw",
                 "llm.output_messages.0.message.role": "assistant", "llm.output_messages.0.message.content": "Paris, I guess",
                 "llm.output_messages.0.message.tool_calls.0.tool_call.id": "c1",
                 "llm.output_messages.0.message.tool_calls.0.tool_call.function.name": "weather",
                 "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": "{\\"city\\": \\"Paris\\"}"}"""), "[]");

        assertThat(entry.path("kind").asString()).isEqualTo("agent");
        assertThat(entry.path("text").asString()).isEqualTo("Paris, I guess");
        assertThat(entry.at("/tool_calls/0/id").asString()).isEqualTo("c1");
        assertThat(entry.at("/tool_calls/0/arguments/city").asString()).isEqualTo("Paris");
        assertThat(entry.path("usage").toString()).isEqualTo("{\"prompt_tokens\":12,\"completion_tokens\":3}");
        assertThat(StepText.ofMessages(entry.path("input_messages"))).isEqualTo("Where?");
    }

    @Test
    void aTurnOfWhichOnlyValuesAreKnown() {
        var known = attributes("{\"openinference.span.kind\": \"LLM\", \"input.value\": \"Where?\", \"output.value\": \"Paris\"}");
        var entry = entry("llm", known, "[]");
        assertThat(entry.path("text").asString()).isEqualTo("Paris");
        assertThat(StepText.ofMessages(entry.path("input_messages"))).isEqualTo("Where?");
    }

    @Test
    void aCallByOpenTelemetrysConventionsThatFailed() {
        var entry = entry("execute_tool weather", "ERROR", attributes("""
                {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.call.id": "c1", "gen_ai.tool.call.arguments": "{\\"city\\": 1}",
                 "gen_ai.tool.call.result": "rain", "error.type": "timeout"}"""), "[]");

        assertThat(entry.path("kind").asString()).isEqualTo("tool");
        assertThat(entry.path("tool_name").asString()).isEqualTo("weather");
        assertThat(entry.path("call_id").asString()).isEqualTo("c1");
        assertThat(entry.at("/arguments/city").intValue()).isEqualTo(1);
        assertThat(entry.path("result_text").asString()).isEqualTo("rain");
        assertThat(entry.path("error").asString()).isEqualTo("timeout");
    }

    @Test
    void aCallByOpenInference() {
        var entry = entry("lookup", attributes("""
                {"openinference.span.kind": "TOOL", "tool.name": "weather", "input.value": "{\\"city\\": \\"Paris\\"}",
                 "output.value": {"rain": true}}"""), "[]");
        assertThat(entry.path("tool_name").asString()).isEqualTo("weather");
        assertThat(entry.at("/arguments/city").asString()).isEqualTo("Paris");
        assertThat(entry.path("result_text").asString()).isEqualTo("{\"rain\":true}");
        assertThat(entry.has("error")).isFalse();
    }

    /** Also one that is named as a step of the client's, or says of itself that it is one. */
    @ParameterizedTest
    @ValueSource(strings = {"step.agent", "step.tool", "agent", "model.call", "filetracking.diff"})
    void whatIsNeitherIsASpanWhateverItIsCalled(String name) {
        var said = attributes("{\"openinference.span.kind\": \"CHAIN\", \"hud.schema\": \"hud.step.v1\", \"hud.payload\": {}}");
        var entry = entry(name, said, "[]");
        assertThat(entry.path("kind").asString()).isEqualTo("span");
        assertThat(entry.path("name").asString()).isEqualTo(name);
        assertThat(entry.at("/payload/attributes/openinference.span.kind").asString()).isEqualTo("CHAIN");
        assertThat(entry.path("parent_id").asString()).isEqualTo("p");
    }

    @Test
    void anExceptionIsAFailureUnlessTheSpanSaysThatAllIsWell() {
        var thrown = "[{\"name\": \"exception\", \"attributes\": {\"exception.type\": \"KeyError\", \"exception.message\": \"nope\"}}]";
        assertThat(entry("x", "UNSET", attributes("{}"), thrown).path("error").asString()).isEqualTo("KeyError: nope");
        assertThat(entry("x", "OK", attributes("{}"), thrown).has("error")).isFalse();
        assertThat(entry("x", "ERROR", attributes("{}"), "[]").path("error").asString()).isEqualTo("failed");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"gen_ai.operation.name\": [], \"gen_ai.output.messages\": 1}",
        "{\"gen_ai.operation.name\": \"chat\", \"gen_ai.output.messages\": 1, \"gen_ai.input.messages\": {\"parts\": 5}}",
        "{\"gen_ai.operation.name\": \"chat\", \"gen_ai.output.messages\": \"[{\\\"parts\\\": [1, null, {\\\"type\\\": 2}]}]\"}",
        "{\"gen_ai.operation.name\": \"chat\", \"gen_ai.output.messages\": \"[broken\", \"gen_ai.usage.input_tokens\": \"x\"}",
        "{\"gen_ai.operation.name\": \"chat\", \"gen_ai.output.messages\": [null, [], \"text\"], \"gen_ai.response.finish_reasons\": {}}",
        "{\"gen_ai.operation.name\": \"chat\", \"gen_ai.prompt.x.y\": 1, \"gen_ai.prompt.0\": 2, \"gen_ai.prompt.0.1.2\": 3}",
        "{\"gen_ai.operation.name\": \"execute_tool\", \"gen_ai.tool.name\": {}, \"gen_ai.tool.call.arguments\": \"[1\"}",
        "{\"openinference.span.kind\": \"LLM\", \"llm.output_messages.0.message\": 1, \"llm.output_messages.99999999999.message\": 2}",
        "{\"openinference.span.kind\": \"LLM\", \"llm.output_messages.0.message.contents.0.message_content\": 5, \"llm.model_name\": []}"
    })
    void whateverAttributesHoldAnEntryIsMadeOfIt(String attributes) {
        var entry = entry("x", attributes(attributes), "[{\"name\": \"gen_ai.choice\"}, {}, 5]");
        assertThat(entry.path("id").asString()).isEqualTo("s");
        assertThat(Json.MAPPER.writeValueAsString(entry)).contains("\"kind\"");
    }

    @Test
    void jsonInATextStaysATextWhereItIsDeeperThanAnAnswer() {
        var deep = "[".repeat(450) + "]".repeat(450);
        var entry = entry("x", attributes("{\"gen_ai.operation.name\": \"execute_tool\"}").put("gen_ai.tool.call.arguments", deep), "[]");
        assertThat(entry.at("/arguments/raw").asString()).isEqualTo(deep);
    }

    /** A turn with a call, one that failed, and one of the Responses API, as two instrumentations of one program wrote them. */
    @ParameterizedTest
    @ValueSource(strings = {"openinference", "openllmetry"})
    void whatRealInstrumentationsWrite(String from) throws IOException {
        var entries = recorded(from);

        assertThat(entries).hasSize(3).allSatisfy(entry -> assertThat(entry.path("kind").asString()).isEqualTo("agent"));
        var turn = entries.getFirst();
        assertThat(turn.path("text").asString()).isEqualTo("let me count");
        assertThat(turn.path("tool_calls").toString()).isEqualTo("[{\"id\":\"call_1\",\"name\":\"count\",\"arguments\":{\"word\":\"banana\"}}]");
        assertThat(turn.path("usage").toString()).isEqualTo("{\"prompt_tokens\":12,\"completion_tokens\":3,\"cached_tokens\":4}");
        assertThat(turn.path("model").asString()).isEqualTo("m-2026");
        assertThat(turn.path("finish_reason").asString()).startsWith("tool_call");
        assertThat(turn.path("input_messages").valueStream().map(message -> message.path("role").asString()))
                .containsExactly("system", "user", "assistant", "tool");
        assertThat(StepText.ofMessages(turn.path("input_messages"))).isEqualTo("Be brief.\n\nHow many a?\n\ncount {}\n\nno word");
        assertThat(entries.get(1).path("error").asString()).contains("Error code: 404 - no such model");
        assertThat(entries.get(2).path("text").asString()).isEqualTo("three");
        assertThat(StepText.ofMessages(entries.get(2).path("input_messages"))).isEqualTo("How many a?");
    }

    private static List<ObjectNode> recorded(String from) throws IOException {
        try (var lines = new BufferedReader(new InputStreamReader(
                OtelStepTests.class.getResourceAsStream("/vectors/otel.jsonl"), StandardCharsets.UTF_8))) {
            return lines.lines()
                    .map(line -> (ObjectNode) Json.MAPPER.readTree(line))
                    .filter(span -> span.path("from").asString().equals(from))
                    .map(span -> Entry.of(mark(span.path("name").asString(), null), span))
                    .toList();
        }
    }

    private static void isTheTurn(ObjectNode entry) {
        assertThat(entry.path("kind").asString()).isEqualTo("agent");
        assertThat(entry.path("text").asString()).isEqualTo("Paris, I guess");
        assertThat(entry.path("reasoning").asString()).isEqualTo("think");
        assertThat(entry.path("tool_calls").toString())
                .isEqualTo("[{\"id\":\"c1\",\"name\":\"weather\",\"arguments\":{\"city\":\"Paris\"}}]");
    }

    private static ObjectNode attributes(String json) {
        return (ObjectNode) Json.MAPPER.readTree(json);
    }

    private static ObjectNode entry(String name, ObjectNode attributes, String events) {
        return entry(name, "UNSET", attributes, events);
    }

    private static ObjectNode entry(String name, String status, ObjectNode attributes, String events) {
        var span = Json.object().put("name", name).put("span_id", "s").put("parent_span_id", "p").put("status_code", status);
        span.set("attributes", attributes);
        span.set("events", Json.MAPPER.readTree(events));
        return Entry.of(mark(name, null), span);
    }

    private static SpanMark mark(String name, @Nullable String tool) {
        return new SpanMark(1, "s", null, name, "otel.span.v1", null, Instant.EPOCH, Instant.EPOCH, tool, false, 100);
    }
}
