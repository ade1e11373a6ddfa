// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.gateway.RawProvider;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What providers have been seen to answer, byte for byte, and what callers get of it. The bytes are the files of {@code provider/}. */
@GatewayTest
class ProviderAnswersTests {

    private static final String PATH = "/inference/chat/completions";
    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final RawProvider PROVIDER = FakeServices.RAW;

    @LocalServerPort
    int port;

    Client member;
    String model;

    @BeforeEach
    void clean() {
        FakeServices.reset();
        model = "raw-" + NUMBER.incrementAndGet();
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "3b241101-e2bb-4255-8caf-4136c566a962", "modelName": "%s", "provider": "raw", "upstreamModel": "m"}""".formatted(model));
        member = new Client(port).ofTeam("askers");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "gzip", "deflate", "no-ids-at-all", "sse", "sse-bom", "sse-gzip", "sse-as-json", "sse-returns", "sse-in-lines",
        "sse-not-ended", "sse-comments", "sse-of-a-whole", "sse-named-done", "sse-odd-index"})
    void anAnswerIsUnderstoodHoweverItComesAndGivenAsItWasAskedFor(String file) {
        var whole = ask(file, false);
        assertThat(whole.status()).as(whole.text()).isEqualTo(200);
        assertThat(whole.header("content-type")).startsWith("application/json");
        assertThat(whole.json().path("object").asString()).isEqualTo("chat.completion");
        assertThat(whole.json().path("id").asString()).isNotEmpty();
        assertThat(whole.json().path("choices").path(0).path("message").path("content").asString()).isIn("3", "hi");
        assertThat(whole.json().path("choices").path(0).path("finish_reason").asString()).isEqualTo("stop");

        var stream = ask(file, true);
        assertThat(stream.status()).as(stream.text()).isEqualTo(200);
        assertThat(stream.header("content-type")).startsWith("text/event-stream");
        assertThat(events(stream)).endsWith("[DONE]").containsOnlyOnce("[DONE]").doesNotContain("error");
        assertThat(said(stream)).isEqualTo(whole.json().path("choices").path(0).path("message").path("content").asString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-call-id", "empty-call-id", "same-call-id", "arguments-as-object", "sse-calls"})
    void everyToolCallHasAnIdOfItsOwnAndArgumentsThatAreText(String file) {
        var calls = ask(file, false).json().path("choices").path(0).path("message").path("tool_calls").valueStream().toList();
        assertThat(calls).isNotEmpty().allSatisfy(call -> {
            assertThat(call.path("id").asString("")).isNotBlank();
            assertThat(call.path("type").asString()).isEqualTo("function");
            assertThat(JsonMapper.shared().readTree(call.path("function").path("arguments").stringValue()).isObject()).isTrue();
        });
        assertThat(calls.stream().map(call -> call.path("id").asString()).distinct()).hasSameSizeAs(calls);

        var pieces = chunks(ask(file, true)).stream()
                .flatMap(chunk -> chunk.path("choices").path(0).path("delta").path("tool_calls").valueStream())
                .toList();
        assertThat(pieces).isNotEmpty().allSatisfy(piece -> assertThat(piece.path("index").isInt()).isTrue());
        var begun = pieces.stream().filter(piece -> piece.path("function").has("name")).toList();
        assertThat(begun).hasSameSizeAs(calls).allSatisfy(piece -> assertThat(piece.path("id").asString("")).isNotBlank());
        assertThat(pieces).filteredOn(piece -> !begun.contains(piece)).allSatisfy(piece -> assertThat(piece.has("id")).isFalse());
    }

    @Test
    void aCallThatComesInPartsIsOneCall() {
        var call = ask("sse-calls-in-parts", false).json().path("choices").path(0).path("message").path("tool_calls").path(0);
        assertThat(call.path("function").path("name").asString("")).isEqualTo("bash");
        assertThat(call.path("function").path("arguments").asString("")).isEqualTo("{\"a\": 1}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "ok-but-error         | 429 | Free tier: 20 requests a minute",
        "ok-but-error-word    | 429 | slow down",
        "ok-but-null          | 502 | null",
        "ok-but-page          | 502 | sign in first",
        "ok-but-empty         | 502 | empty",
        "ok-but-no-choice     | 502 | holds no message",
        "ok-but-no-message    | 502 | holds no message",
        "ok-but-detail        | 502 | the model is still loading",
        "ok-but-cut           | 502 | no JSON",
        "brotli               | 502 | 'br'",
        "sse-error            | 429 | too many of you",
        "sse-named-error      | 503 | overloaded",
        "sse-null             | 502 | null",
        "odd-calls            | 502 | holds no message",
        "odd-calls-in-no-list | 502 | holds no message",
        "odd-function         | 502 | holds no message",
        "sse-odd-delta        | 502 | without a message",
        "sse-odd-calls        | 502 | without a message",
        "sse-odd-choices      | 502 | without a message",
        "choice-error         | 503 | upstream died",
        "sse-choice-error     | 503 | upstream died",
        "error-odd-place      | 422 | n: must be one",
        "error-at-top         | 400 | maximum context length is 4096 tokens, you sent 5000",
        "error-detail         | 422 | temperature: must be at most 2",
        "error-in-list        | 429 | daily quota used up",
        "error-in-errors      | 400 | no such field",
        "error-as-text        | 500 | upstream connect error",
        "error-from-behind    | 502 | cuda out of memory",
        "gzip-error           | 429 | busy",
        "moderated            | 403 | input flagged: violence",
        "key-without-rights   | 502 | refuses the key",
        "key-not-valid        | 502 | refuses the key",
        "no-access            | 502 | refuses the key",
    })
    void whatWentWrongIsToldInTheProvidersWords(String file, int status, String reason) {
        for (var streamed : new boolean[] {false, true}) {
            var answer = ask(file, streamed);
            assertThat(answer.status()).as(answer.text()).isEqualTo(status);
            assertThat(answer.json().path("error").path("message").asString()).contains(reason);
            assertThat(answer.header("x-should-retry")).isEqualTo(reason.startsWith("refuses") ? "false" : null);
        }
    }

    @ParameterizedTest
    @CsvSource({"wait-ms,1.5", "wait-in-body,34", "wait-from-its-date,7", "wait-nan,", "wait-below-zero,", "wait-too-long,", "wait-though-ok,12"})
    void whenToTryAgainIsToldInSecondsOrNotAtAll(String file, String seconds) {
        assertThat(ask(file, false).header("retry-after")).isEqualTo(seconds);
    }

    @Test
    void aDateInTheFarFutureIsManySeconds() {
        assertThat(ask("wait-until-date", false).header("retry-after")).matches("[1-9][0-9]{8,9}(\\.[0-9]{1,3})?");
    }

    @Test
    void aProviderThatAsksForAnotherTryIsHeard() {
        var answer = ask("may-retry", false);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.header("x-should-retry")).isEqualTo("true");
    }

    @Test
    void aProviderThatSendsUsElsewhereIsNotFollowed() {
        for (var streamed : new boolean[] {false, true}) {
            var answer = ask("moved", streamed);
            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.json().path("error").path("message").asString()).contains("status 302").doesNotContain("elsewhere");
            assertThat(answer.header("location")).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sse-nothing", "sse-no-end", "sse-error-later"})
    void aStreamWithoutAnEndIsNeverAnEmptyOrAShortAnswer(String file) {
        assertThat(ask(file, false).status()).isGreaterThanOrEqualTo(429);
        var stream = ask(file, true);
        assertThat(stream.status() == 502 || stream.text().contains("\"error\"")).as(stream.text()).isTrue();
        assertThat(stream.text()).doesNotContain("[DONE]");
    }

    private Client.Answer ask(String file, boolean streamed) {
        PROVIDER.plays(file);
        return member.post(PATH, call(streamed));
    }

    private String call(boolean streamed) {
        return "{\"model\": \"" + model + "\", \"stream\": " + streamed + ", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}";
    }

    private static List<String> events(Client.Answer stream) {
        return Arrays.stream(stream.text().split("\n\n"))
                .filter(event -> event.startsWith("data: "))
                .map(event -> event.substring("data: ".length()))
                .toList();
    }

    private static List<JsonNode> chunks(Client.Answer stream) {
        return events(stream).stream().filter(event -> !event.equals("[DONE]")).map(JsonMapper.shared()::readTree).toList();
    }

    private static String said(Client.Answer stream) {
        var said = new StringBuilder();
        chunks(stream).forEach(chunk -> said.append(chunk.path("choices").path(0).path("delta").path("content").asString("")));
        return said.toString();
    }
}
