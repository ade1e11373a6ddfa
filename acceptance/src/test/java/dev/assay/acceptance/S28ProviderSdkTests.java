// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The official SDKs, each in a process of its own, and what of the wire they do not show. */
class S28ProviderSdkTests {

    private static final Platform PLATFORM = Platform.withModels();
    private static final String KEY = PLATFORM.keyOf("s28");
    private static final String BASE = PLATFORM.url() + "/inference";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** A call of each dialect. */
    private enum Call {
        CHAT("/chat/completions", "/chat/completions", """
                {"model": "gpt-5.6", "stream": %s, "messages": [{"role": "user", "content": %s}]}"""),
        RESPONSES("/responses", "/responses", """
                {"model": "gpt-5.6", "stream": %s, "input": [{"role": "user", "content": %s}]}"""),
        MESSAGES("/v1/messages", "/v1/messages", """
                {"model": "claude-sonnet-4-6", "stream": %s, "max_tokens": 99, "messages": [{"role": "user", "content": %s}]}"""),
        GEMINI("/v1beta/models/gemini-3.1-pro-preview:generateContent",
                "/v1beta/models/gemini-3.1-pro-preview:streamGenerateContent?alt=sse", """
                {"labels": {"stream": "%s"}, "contents": [{"role": "user", "parts": [{"text": %s}]}]}""");

        private final String whole;
        private final String streamed;
        private final String body;

        Call(String whole, String streamed, String body) {
            this.whole = whole;
            this.streamed = streamed;
            this.body = body;
        }

        String path(boolean stream) {
            return stream ? streamed : whole;
        }

        String body(boolean stream, String prompt) {
            // usage that a client does not ask for is asked for on its way, and taken out again
            var streams = stream + (this == CHAT && stream ? ", \"stream_options\": {\"include_usage\": true}" : "");
            return body.formatted(streams, Api.JSON.writeValueAsString(prompt));
        }
    }

    @TestFactory
    Stream<DynamicTest> openai() {
        return casesOf("openai_sdk.py");
    }

    @TestFactory
    Stream<DynamicTest> anthropic() {
        return casesOf("anthropic_sdk.py");
    }

    @TestFactory
    Stream<DynamicTest> google() {
        return casesOf("google_sdk.py");
    }

    /** Each case of the script as a test; and that nothing of them was refused by a provider who would have refused it, too. */
    private static Stream<DynamicTest> casesOf(String script) {
        var judged = DynamicTest.dynamicTest("providers take every request of " + script,
                () -> assertThat(StandIn.shared().asked(SdkCases.mark(script, "gateway"))).isNotEmpty());
        return Stream.concat(SdkCases.of(script, BASE, KEY, "gateway"), Stream.of(judged));
    }

    @ParameterizedTest
    @EnumSource
    void toAProviderOfItsDialectACallGoesByteByByteAndItsAnswerComesBackSo(Call call) throws Exception {
        for (var stream : List.of(false, true)) {
            var mark = "s28 bytes " + call + stream;
            var body = call.body(stream, mark + " play: {\"text\": \"Grüße, 世界 🙂\", \"thinking\": \"Hm.\"}");

            var answer = send(call.path(stream), body, "Authorization", "Bearer " + KEY);

            assertThat(answer.statusCode()).isEqualTo(200);
            var asked = StandIn.shared().asked(mark, 1).getFirst();
            assertThat(asked.get("body_sha256").stringValue()).isEqualTo(sha256(body.getBytes(StandardCharsets.UTF_8)));
            assertThat(asked.get("answer_sha256").stringValue()).as(new String(answer.body(), StandardCharsets.UTF_8))
                    .isEqualTo(sha256(answer.body()));
        }
    }

    @ParameterizedTest
    @EnumSource
    void theKeyIsTakenInEveryFormAndAStrayOneBesideItDoesNoHarm(Call call) throws Exception {
        var body = call.body(false, "s28 keys " + call + " play: {\"text\": \"Hi.\"}");

        assertThat(send(call.path(false), body, "Authorization", "Bearer " + KEY).statusCode()).isEqualTo(200);
        assertThat(send(call.path(false), body, "x-api-key", KEY).statusCode()).isEqualTo(200);
        assertThat(send(call.path(false), body, "x-goog-api-key", KEY).statusCode()).isEqualTo(200);
        assertThat(send(call.path(false) + "?key=" + KEY, body).statusCode()).isEqualTo(200);
        assertThat(send(call.path(false), body, "x-goog-api-key", "stray", "x-api-key", "stray", "Authorization", "Bearer " + KEY)
                .statusCode()).isEqualTo(200);

        assertThat(StandIn.shared().asked("s28 keys " + call, 5)).hasSize(5).noneMatch(asked -> asked.toString().contains(KEY));
        assertThat(send(call.path(false), body, "Authorization", "Bearer stray").statusCode()).isEqualTo(401);
        assertThat(send(call.path(false), body).statusCode()).isEqualTo(401);
    }

    @Test
    void aModelMayHaveASlashInItsNameAndTheGatewayAPathAndASlashAtItsEnd() throws Exception {
        var contents = "{\"contents\": [{\"role\": \"user\", \"parts\": [{\"text\": \"play: {\\\"text\\\": \\\"Hi.\\\"}\"}]}]}";
        var answer = send("/v1beta/models/x-ai/grok-4-1-fast:generateContent", contents, "x-goog-api-key", KEY);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Api.JSON.readTree(answer.body()).at("/candidates/0/content/parts/0/text").stringValue()).isEqualTo("Hi.");
    }

    @Test
    void theBaseItselfAnswersAProbe() throws Exception {
        var probe = HttpRequest.newBuilder(URI.create(BASE)).method("HEAD", BodyPublishers.noBody()).build();
        assertThat(HTTP.send(probe, BodyHandlers.discarding()).statusCode()).isIn(200, 204, 404);
    }

    private static HttpResponse<byte[]> send(String path, String body, String... headers) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(BASE + path)).header("Content-Type", "application/json")
                .header("anthropic-version", "2026-10-21").POST(BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
