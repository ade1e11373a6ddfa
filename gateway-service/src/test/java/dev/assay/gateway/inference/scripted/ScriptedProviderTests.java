// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference.scripted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@GatewayTest
class ScriptedProviderTests {

    @LocalServerPort
    int port;

    @Autowired
    MeterRegistry meters;

    Client member;

    @BeforeEach
    void clean() {
        FakeServices.reset();
        member = new Client(port).ofTeam("players");
    }

    @Test
    void anAnswerSaysThatItIsScripted() throws IOException {
        var model = script("rules: [{say: 'Hello there'}]");
        var answer = member.post("/inference/chat/completions", call(model, ""));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("x-assay-provider")).isEqualTo("scripted");
        var body = answer.json();
        assertThat(body.path("object").asString()).isEqualTo("chat.completion");
        assertThat(body.path("id").asString()).startsWith("chatcmpl-");
        assertThat(body.path("model").asString()).isEqualTo("scripted/" + model);
        assertThat(body.path("system_fingerprint").asString()).isEqualTo("scripted");
        assertThat(body.path("choices").path(0).path("message").path("content").asString()).isEqualTo("Hello there");
        assertThat(body.path("choices").path(0).path("finish_reason").asString()).isEqualTo("stop");
        assertThat(body.path("usage").toString()).contains("\"prompt_tokens\":1", "\"completion_tokens\":3", "\"total_tokens\":4");
    }

    @Test
    void aToolCallHasTheShapeThatClientsRead() throws IOException {
        var model = script("rules: [{call: {tool: bash, arguments: {command: ls}}}]");
        var choice = member.post("/inference/v1/chat/completions", call(model, "")).json().path("choices").path(0);
        assertThat(choice.path("finish_reason").asString()).isEqualTo("tool_calls");
        assertThat(choice.path("message").path("content").isNull()).isTrue();
        var tool = choice.path("message").path("tool_calls").path(0);
        assertThat(tool.path("type").asString()).isEqualTo("function");
        assertThat(tool.path("function").path("name").asString()).isEqualTo("bash");
        assertThat(tool.path("function").path("arguments").asString()).isEqualTo("{\"command\":\"ls\"}");
    }

    @Test
    void aStreamAddsUpToTheSame() throws IOException {
        var text = "A longer answer, with a smile 😀 in the middle of its pieces.";
        var model = script("rules: [{say: '" + text + "', call: {tool: bash, arguments: {command: 'echo something longer'}}}]");
        var answer = member.post("/inference/chat/completions", call(model, ", \"stream\": true, \"stream_options\": {\"include_usage\": true}"));
        assertThat(answer.header("content-type")).startsWith("text/event-stream");
        var lines = answer.text().split("\n\n");
        assertThat(lines[lines.length - 1]).isEqualTo("data: [DONE]");
        var chunks = Arrays.stream(lines, 0, lines.length - 1)
                .map(line -> JsonMapper.shared().readTree(line.substring("data: ".length())))
                .toList();
        assertThat(chunks).allSatisfy(chunk -> {
            assertThat(chunk.path("object").asString()).isEqualTo("chat.completion.chunk");
            assertThat(chunk.path("system_fingerprint").asString()).isEqualTo("scripted");
        });
        assertThat(join(chunks, "/choices/0/delta/content")).isEqualTo(text);
        assertThat(join(chunks, "/choices/0/delta/tool_calls/0/function/arguments")).isEqualTo("{\"command\":\"echo something longer\"}");
        assertThat(chunks.get(chunks.size() - 2).at("/choices/0/finish_reason").asString()).isEqualTo("tool_calls");
        assertThat(chunks.getLast().path("choices").isEmpty()).isTrue();
        assertThat(chunks.getLast().at("/usage/total_tokens").asInt()).isPositive();
    }

    @Test
    void aScriptMayFail() throws IOException {
        var model = script("rules: [{fail: {status: 429, message: slow down, retry_after: 2}}]");
        var answer = member.post("/inference/chat/completions", call(model, ", \"stream\": true"));
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("retry-after")).isEqualTo("2");
        assertThat(answer.json().path("error").path("message").asString()).isEqualTo("slow down");
        assertThat(answer.json().path("error").path("code").asString()).isEqualTo("rate_limit_exceeded");
    }

    /** Every kind of client can be tried with a script: whole and streamed, a text and a tool. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            /inference/responses | {"input": "abcd", "model": "%s"%s} | "type":"function_call"
            /inference/v1/messages | {"max_tokens": 9, "messages": [{"role": "user", "content": "abcd"}], "model": "%s"%s} | "type":"tool_use"
            /inference/v1beta/models/%s:generateContent | {"contents": [{"parts": [{"text": "abcd"}]}]} | "functionCall"
            /inference/v1beta/models/%s:streamGenerateContent?alt=sse | {"contents": [{"parts": [{"text": "abcd"}]}]} | "functionCall"
            /inference/v1beta/models/%s:streamGenerateContent | {"contents": [{"parts": [{"text": "abcd"}]}]} | "functionCall"
            """)
    void aScriptSpeaksEveryDialect(String path, String body, String call) throws IOException {
        var model = "scripted/" + script("rules: [{say: 'Looking', call: {tool: bash, arguments: {command: ls}}}]");
        for (var stream : new String[] {"", ", \"stream\": true"}) {
            var answer = member.post(path.formatted(model), body.formatted(model, stream));
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("x-assay-provider")).isEqualTo("scripted");
            assertThat(answer.header("content-type"))
                    .startsWith(stream.isEmpty() && !path.contains("stream") || path.endsWith("enerateContent")
                            ? "application/json"
                            : "text/event-stream");
            assertThat(answer.text()).contains("Looking", call, "\"bash\"", "scripted/");
            assertThat(answer.text().startsWith("[")).isEqualTo(path.endsWith(":streamGenerateContent"));
        }
    }

    @Test
    void aDelayEndsWhenTheClientLeaves() throws IOException {
        var body = call(script("rules: [{say: late, delay_ms: 3600000}]"), "");
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(("POST /inference/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: " + member.headers()[1]
                    + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8));
            await().until(() -> !FakeServices.TRAINING.seen.isEmpty());
        }
        await().until(() ->
                meters.find("assay.inference").tag("provider", "scripted").tag("status", "499").timer() != null);
    }

    @Test
    void aChangedScriptIsReadAgain() throws IOException {
        var model = script("rules: [{say: one}]");
        assertThat(said(model)).isEqualTo("one");
        var file = FakeServices.SCRIPTS.resolve(model + ".yaml");
        Files.writeString(file, "rules: [{say: two}]");
        Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2030-01-01T00:00:00Z")));
        assertThat(said(model)).isEqualTo("two");
    }

    @Test
    void aBrokenScriptIsTheCallersToRepair() throws IOException {
        var model = script("rules: [{say: one, wehn: {last: user}}]");
        var answer = member.post("/inference/chat/completions", call(model, ""));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path("error").path("message").asString()).contains(model + ".yaml", "wehn");
    }

    @Test
    void aScriptThatIsNotThereIsNotFound() {
        serve("no-such", "no-such");
        assertThat(member.post("/inference/chat/completions", call("no-such", "")).status()).isEqualTo(404);
        serve("climbing", "../../etc/passwd");
        assertThat(member.post("/inference/chat/completions", call("climbing", "")).status()).isEqualTo(404);
    }

    @Test
    void aScriptComesWithTheGateway() {
        serve("echo", "echo");
        assertThat(said("echo")).isEqualTo("abcd");
    }

    private static String join(Iterable<JsonNode> chunks, String pointer) {
        var text = new StringBuilder();
        chunks.forEach(chunk -> text.append(chunk.at(pointer).asString("")));
        return text.toString();
    }

    private String said(String model) {
        return member.post("/inference/chat/completions", call(model, "")).json().at("/choices/0/message/content").asString();
    }

    private static String script(String yaml) throws IOException {
        var model = "script-" + UUID.randomUUID();
        Files.writeString(FakeServices.SCRIPTS.resolve(model + ".yaml"), yaml);
        serve(model, model);
        return model;
    }

    private static void serve(String model, String upstream) {
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "3b241101-e2bb-4255-8caf-4136c566a962", "modelName": "scripted/%s", "provider": "scripted", "upstreamModel": "%s"}"""
                .formatted(model, upstream));
    }

    private static String call(String model, String more) {
        return "{\"model\": \"scripted/" + model + "\", \"messages\": [{\"role\": \"user\", \"content\": \"abcd\"}]" + more + "}";
    }
}
