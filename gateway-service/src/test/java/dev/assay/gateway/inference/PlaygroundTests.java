// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.gateway.Client;
import dev.assay.gateway.Client.Answer;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;

/** Model calls of a signed-in browser: the same in every dialect, with a cookie in place of a key, and for this origin's pages alone. */
@GatewayTest
class PlaygroundTests {

    private static final String CHAT = "/v2/playground/chat/completions";
    private static final String QUESTION =
            "{\"model\": \"scripted/letter-count\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}";

    @LocalServerPort
    int port;

    Client anybody;
    JsonNode key;

    @BeforeEach
    void serve() throws IOException {
        FakeServices.reset();
        Files.writeString(FakeServices.SCRIPTS.resolve("letter-count.yaml"), "rules: [{say: 'Hello there'}]");
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "3b241101-e2bb-4255-8caf-4136c566a962", "modelName": "scripted/letter-count", "provider": "scripted",
                 "upstreamModel": "letter-count"}""");
        anybody = new Client(port);
        key = anybody.newKey("players", "ada");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        chat/completions | {'model': 'm', 'messages': [{'role': 'user', 'content': 'Hello'}]} | choices
        v1/chat/completions | {'model': 'm', 'messages': [{'role': 'user', 'content': 'Hello'}], 'stream': true} | data: [DONE]
        responses | {'model': 'm', 'input': 'Hello'} | output
        v1/messages | {'model': 'm', 'max_tokens': 99, 'messages': [{'role': 'user', 'content': 'Hello'}]} | stop_reason
        v1beta/models/scripted/m:generateContent | {'contents': [{'role': 'user', 'parts': [{'text': 'Hello'}]}]} | candidates
        v1beta/models/scripted%2Fm:streamGenerateContent?alt=sse | {'contents': [{'parts': [{'text': 'Hello'}]}]} | finishReason
        """)
    void aSignedInPageCallsModelsInEveryDialect(String path, String body, String hasIt) {
        var answer = browser("X-Requested-With", "tests").post("/v2/playground/" + path, body.replace('\'', '"'));
        assertThat(answer.text()).contains(hasIt);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("x-assay-model")).isEqualTo("scripted/letter-count");
    }

    @Test
    void whatItCallsIsBookedToWhoSignedInAndToTheKeyOfTheSignIn() {
        assertThat(browser("X-Requested-With", "tests").post(CHAT, QUESTION).status()).isEqualTo(200);
        var holder = anybody.bearer(key.path("key").asString());
        await().untilAsserted(() -> {
            var booked = holder.get("/v2/calls").json().path("items").path(0);
            assertThat(booked.path("user_id").asString()).isEqualTo(holder.get("/v2/auth/me").json().path("user_id").asString());
            var keys = holder.get("/v2/keys").json().path("items").findValuesAsString("id");
            assertThat(keys).contains(booked.path("key_id").asString());
            assertThat(booked.path("status").asInt()).isEqualTo(200);
        });
    }

    @Test
    void anotherSitesPageCallsNothing() {
        for (var page : new Client[] {
            browser(),
            browser("X-Requested-With", "x", "Origin", "https://evil.example"),
            browser("X-Requested-With", "x", "Sec-Fetch-Site", "cross-site")
        }) {
            var refused = page.post(CHAT, QUESTION);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.json().path("error").path("message").asString()).containsAnyOf("X-Requested-With", "another origin");
        }
    }

    @Test
    void theCookieSpeaksForThePlaygroundAloneAndAKeyOpensItToo() {
        assertThat(browser("X-Requested-With", "x").post("/inference/chat/completions", QUESTION).status()).isEqualTo(401);
        assertThat(anybody.bearer(key.path("key").asString()).post(CHAT, QUESTION).status()).isEqualTo(200);
        assertThat(anybody.post(CHAT, QUESTION).status()).isEqualTo(401);
    }

    @Test
    void aBrowserThatSignedOutCallsNothingAnyMore() {
        var page = browser("X-Requested-With", "x");
        assertThat(page.post(CHAT, QUESTION).status()).isEqualTo(200);
        assertThat(page.delete("/v2/auth/session").status()).isEqualTo(204);
        assertThat(page.post(CHAT, QUESTION).status()).isEqualTo(401);
    }

    @Test
    void aViewerMayLookAndNotCall() {
        var viewer = anybody.bearer(FakeServices.ADMIN_TOKEN)
                .post("/v2/admin/keys", "{\"team\": \"players\", \"name\": \"vi\", \"role\": \"viewer\"}");
        var refused = browserOf(viewer.json().path("key").asString(), "X-Requested-With", "x").post(CHAT, QUESTION);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text()).contains("viewer");
    }

    @Test
    void aRefusedCallIsRefusedInTheWordsOfItsDialect() {
        FakeServices.TRAINING.on("GET /internal/models/resolve", 404, "{}");
        var refused = browser("X-Requested-With", "x").post(
                "/v2/playground/v1/messages", "{\"model\": \"nobody\", \"max_tokens\": 1, "
                + "\"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}");
        assertThat(refused.status()).isEqualTo(404);
        assertThat(refused.json().path("error").path("type").asString()).isEqualTo("not_found_error");
    }

    private Client browser(String... headers) {
        return browserOf(key.path("key").asString(), headers);
    }

    private Client browserOf(String opens, String... headers) {
        Answer signedIn = anybody.with("X-Requested-With", "tests").post("/v2/auth/session", "{\"key\": \"" + opens + "\"}");
        var cookie = signedIn.header("set-cookie").split(";")[0];
        var all = new String[headers.length + 2];
        all[0] = "Cookie";
        all[1] = cookie;
        System.arraycopy(headers, 0, all, 2, headers.length);
        return anybody.with(all);
    }
}
