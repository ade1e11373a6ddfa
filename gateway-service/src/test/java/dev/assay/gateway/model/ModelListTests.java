// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import java.net.http.HttpRequest.BodyPublishers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The catalog as each provider's clients list it, and what there is not beside it. */
@GatewayTest
class ModelListTests {

    @LocalServerPort
    int port;

    Client member;

    @BeforeEach
    void catalog() {
        FakeServices.reset();
        FakeServices.TRAINING.on("GET /v2/models", 200, """
                {"total": 2, "items": [
                {"id": "1", "model_name": "acme/big", "name": "Big One", "provider": {"name": "acme"}, "created_at": "2026-01-02T03:04:05Z"},
                {"id": "2", "model_name": "small", "name": null, "created_at": null}]}""");
        member = new Client(port).ofTeam("listers");
    }

    @Test
    void everyClientFindsTheCatalogInItsOwnForm() {
        for (var path : new String[] {"/inference/models", "/inference/v1/models"}) {
            var openAi = member.get(path).json();
            assertThat(openAi.path("object").asString()).isEqualTo("list");
            assertThat(openAi.at("/data/0/id").asString()).isEqualTo("acme/big");
            assertThat(openAi.at("/data/0/owned_by").asString()).isEqualTo("acme");
        }
        var bearer = member.headers()[1];
        var anthropic = member.with("Authorization", bearer, "anthropic-version", "2023-06-01");
        var list = anthropic.get("/inference/v1/models").json();
        assertThat(list.at("/data/0/display_name").asString()).isEqualTo("Big One");
        assertThat(list.at("/data/1/display_name").asString()).isEqualTo("small");
        assertThat(list.path("first_id").asString()).isEqualTo("acme/big");
        assertThat(list.path("last_id").asString()).isEqualTo("small");
        assertThat(list.path("has_more").asBoolean(true)).isFalse();
        assertThat(anthropic.get("/inference/v1/models/acme%2Fbig").json().path("created_at").asString()).isEqualTo("2026-01-02T03:04:05Z");

        var google = member.get("/inference/v1beta/models?pageSize=100").json();
        assertThat(google.at("/models/0/name").asString()).isEqualTo("models/acme/big");
        assertThat(google.at("/models/1/displayName").asString()).isEqualTo("small");
        assertThat(member.get("/inference/v1beta/models/acme/big").json().path("displayName").asString()).isEqualTo("Big One");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /inference/v1beta/models/none, 404, NOT_FOUND, ",
        "GET, /inference/v1beta/models/small:generateContent, 405, INVALID_ARGUMENT, POST",
        "DELETE, /inference/v1beta/models/small:generateContent, 405, INVALID_ARGUMENT, POST",
        "POST, /inference/v1beta/models/small, 405, INVALID_ARGUMENT, 'GET, HEAD'",
        "POST, /inference/v1beta/models/small:predict, 404, NOT_FOUND, ",
        "POST, /inference/v1beta/small, 404, NOT_FOUND, ",
        "PUT, /inference/v1beta/models, 405, INVALID_ARGUMENT, 'GET, HEAD'",
    })
    void whatThereIsNotIsSaidInGooglesWords(String method, String path, int status, String word, String allowed) {
        var answer = member.send(method, path, BodyPublishers.ofString("{}"));
        assertThat(answer.status()).as(answer.text()).isEqualTo(status);
        assertThat(answer.json().path("error").path("status").asString()).isEqualTo(word);
        assertThat(answer.header("Allow")).isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /inference/responses/resp_1, 'GET, HEAD, DELETE'", "GET, /inference/v1/responses, POST", "PUT, /inference/responses/r/input_items, 'GET, HEAD'",
        "GET, /inference/responses/r/cancel, POST", "GET, /inference/embeddings, POST", "DELETE, /inference/v1/chat/completions, POST"
    })
    void anotherMethodIsRefusedWithThoseThatThereAre(String method, String path, String allowed) {
        var answer = member.send(method, path, BodyPublishers.noBody());
        assertThat(answer.status()).as(answer.text()).isEqualTo(405);
        assertThat(answer.header("Allow")).isEqualTo(allowed);
        assertThat(answer.json().path("error").path("message").asString()).contains(method);
    }

    @Test
    void aFormOfAStreamThatIsNotSpokenIsRefusedByNameInAList() {
        var call = "{\"contents\": [{\"parts\": [{\"text\": \"Hi\"}]}]}";
        var answer = member.post("/inference/v1beta/models/small:streamGenerateContent?alt=proto", call);
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.json().path(0).path("error").path("message").asString()).startsWith("alt: ");
    }

    @Test
    void whoeverAsksWhetherTheGatewayIsThereNeedsNoKey() {
        var anybody = new Client(port);
        for (var method : new String[] {"GET", "HEAD"}) {
            assertThat(anybody.send(method, "/inference", BodyPublishers.noBody()).status()).isEqualTo(200);
            assertThat(anybody.send(method, "/inference/", BodyPublishers.noBody()).status()).isEqualTo(200);
        }
    }

    @Test
    void anthropicsClientsFindTheIdOfTheirRequest() {
        FakeServices.TRAINING.on("GET /internal/models/resolve", 404, "{}");
        var answer = member.post("/inference/v1/messages", "{\"model\": \"none\", \"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.header("request-id")).isNotBlank().isEqualTo(answer.header("x-request-id"));
        assertThat(answer.json().path("request_id").asString()).isEqualTo(answer.header("request-id"));
        assertThat(answer.json().at("/error/type").asString()).isEqualTo("not_found_error");
    }
}
