// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeService;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Role;
import dev.assay.testsupport.TestPlatform;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** Models whose weights a trainer has, and what teams try in order to be answered from weights that are not theirs. */
@GatewayTest
@Timeout(60)
class TrainerUpstreamTests {

    private static final String CHAT = "POST /v1/chat/completions";
    private static final String FORK = "33333333-3333-4333-8333-333333333333";
    private static final String OTHERS = "44444444-4444-4444-8444-444444444444";
    private static final String COMPLETION = """
            {"id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000, "model": "%s", "choices": [{"index": 0,
            "message": {"role": "assistant", "content": "7", "refusal": null}, "prompt_token_ids": [256, 55], "token_ids": [55, 257],
            "logprobs": {"content": [{"token": "7", "logprob": -2.302585092994046, "bytes": [55], "top_logprobs": []},
            {"token": "", "logprob": -1e-300, "bytes": [], "top_logprobs": []}]}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 2, "completion_tokens": 2, "total_tokens": 4}}""".formatted(FORK);

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient jdbc;

    private Client owner;
    private String team;

    @BeforeEach
    void start() {
        FakeServices.reset();
        catalog("my-fork", "trainer", FORK);
        FakeServices.TRAINER.on(CHAT, (exchange, seen) -> {
            exchange.getResponseHeaders().add("x-hud-checkpoint", "my-fork-step-2");
            FakeService.send(exchange, 200, COMPLETION);
        });
        var key = new Client(port).newKey("team " + UUID.randomUUID(), "tester");
        team = key.path("team_id").asString();
        owner = new Client(port).bearer(key.path("key").asString());
    }

    private static void catalog(String name, String provider, String upstreamModel) {
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "%s", "modelName": "%s", "provider": "%s", "upstreamModel": "%s"}""".formatted(FORK, name, provider, upstreamModel));
    }

    private Client.Answer call(String path, String members) {
        return owner.post("/inference" + path, "{\"model\": \"my-fork\", " + members + "}");
    }

    @Test
    void theTrainerIsAskedAsThePlatformAndWithEverythingThatTheCallSays() {
        var answer = call("/chat/completions", """
                "messages": [{"role": "user", "content": "a digit"}], "checkpoint": "my-fork-step-1", "return_token_ids": true,
                "logprobs": true, "prompt_token_ids": [256, 100], "continuation_from": 1""");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.text()).as("to the last digit").isEqualTo(COMPLETION);
        assertThat(answer.header("x-hud-checkpoint")).isEqualTo("my-fork-step-2");
        assertThat(answer.header("x-hud-upstream")).isEqualTo("trainer");
        var seen = FakeServices.TRAINER.last();
        var body = JsonMapper.shared().readTree(seen.text());
        assertThat(body.path("model").asString()).isEqualTo(FORK);
        assertThat(body.path("checkpoint").asString()).isEqualTo("my-fork-step-1");
        assertThat(body.path("return_token_ids").asBoolean() && body.path("logprobs").asBoolean()).isTrue();
        assertThat(body.path("prompt_token_ids").toString()).isEqualTo("[256,100]");
        assertThat(body.path("continuation_from").asInt()).isEqualTo(1);
        var token = seen.header("Authorization").substring("Bearer ".length());
        assertThat(tokens(Party.trainer("trainer", "one")).verify(token).orElseThrow().role()).isEqualTo(Role.SERVICE);
        assertThat(tokens(Party.service("training-service")).verify(token)).isEmpty();
        assertThat(seen.toString()).doesNotContain(owner.headers()[1]);
    }

    private static InternalTokens tokens(Party party) {
        return new InternalTokens(TestPlatform.signatures(party));
    }

    @Test
    void aStreamSaysItsCheckpointToo() {
        FakeServices.TRAINER.on(CHAT, (exchange, seen) -> {
            exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
            exchange.getResponseHeaders().add("x-hud-checkpoint", "my-fork-step-2");
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("""
                    data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"7"},"token_ids":[55],"finish_reason":"stop"}]}

                    data: [DONE]

                    """.getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        var answer = call("/chat/completions", "\"messages\": [{\"role\": \"user\", \"content\": \"a digit\"}], \"stream\": true");
        assertThat(answer.header("x-hud-checkpoint")).isEqualTo("my-fork-step-2");
        assertThat(answer.text()).contains("\"token_ids\":[55]");
    }

    @Test
    void otherDialectsAreTranslatedForIt() {
        var answer = call("/v1/messages", "\"max_tokens\": 5, \"messages\": [{\"role\": \"user\", \"content\": \"a digit\"}]");
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        assertThat(answer.json().path("content").path(0).path("text").asString()).isEqualTo("7");
        assertThat(FakeServices.TRAINER.last().text()).contains(FORK);
    }

    @Test
    void whatTheTrainerRefusesIsToldInItsWords() {
        FakeServices.TRAINER.on(CHAT, 404, """
                {"error": {"message": "checkpoint: my-fork has none of the name 'x'", "type": "invalid_request_error", "code": "checkpoint_not_found"}}""");
        var refused = call("/chat/completions", "\"messages\": [{\"role\": \"user\", \"content\": \"a digit\"}], \"checkpoint\": \"x\"");
        assertThat(refused.status()).isEqualTo(404);
        assertThat(refused.json().path("error").path("message").asString()).contains("my-fork has none of the name 'x'");
        FakeServices.TRAINER.on(CHAT, 503, "{\"error\": {\"message\": \"The weights cannot be had just now.\", \"type\": \"server_error\"}}");
        assertThat(call("/chat/completions", "\"messages\": [{\"role\": \"user\", \"content\": \"a digit\"}]").status()).isEqualTo(503);
    }

    @Test
    void aModelIsAskedForByTheIdThatItsTeamsCatalogHasWhateverElseStandsThere() {
        catalog("my-fork", "Trainer", OTHERS);
        call("/chat/completions", "\"messages\": [{\"role\": \"user\", \"content\": \"a digit\"}]");
        assertThat(FakeServices.TRAINER.last().text()).contains(FORK).doesNotContain(OTHERS);
    }

    @Test
    void noTargetLeadsToTheTrainerNorAwayFromIt() {
        for (var name : List.of("trainer", "TRAINER")) {
            var refused = owner.post("/v2/targets", """
                    {"model_name": "acme/big", "upstream": "%s", "upstream_model": "%s"}""".formatted(name, OTHERS));
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.detail()).startsWith("upstream: ");
        }
        var elsewhere = owner.post("/v2/targets", "{\"model_name\": \"my-fork\", \"upstream\": \"provider\", \"upstream_model\": \"big-1\"}");
        assertThat(elsewhere.status()).isEqualTo(201);
        assertThat(call("/chat/completions", "\"messages\": [{\"role\": \"user\", \"content\": \"a digit\"}]").header("x-hud-upstream"))
                .isEqualTo("trainer");
        var changed = owner.send("PATCH", "/v2/targets/" + elsewhere.json().path("id").asString(),
                BodyPublishers.ofString("{\"upstream\": \"Trainer\"}"), "Content-Type", "application/json");
        assertThat(changed.status()).isEqualTo(400);
    }

    @Test
    void aTargetThatIsInTheDatabaseAllTheSameLeadsNowhere() {
        jdbc.sql("""
                        insert into model_targets (id, team_id, model_name, upstream, upstream_model, weight, priority, created_at)
                        values (gen_random_uuid(), :team, 'acme/big', 'trainer', :others, 1, 0, :now)
                        """)
                .param("team", UUID.fromString(team))
                .param("others", OTHERS)
                .param("now", OffsetDateTime.ofInstant(Instant.EPOCH, ZoneOffset.UTC))
                .update();
        catalog("acme/big", "provider", "big-1");
        FakeServices.PROVIDER.on(CHAT, 200, COMPLETION);
        var answer = owner.post("/inference/chat/completions", "{\"model\": \"acme/big\", \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}");
        assertThat(answer.header("x-hud-upstream")).isEqualTo("provider");
        assertThat(FakeServices.TRAINER.seen).isEmpty();
    }

    @Test
    void nobodyEntersAnUpstreamOfItsName() {
        for (var name : List.of("trainer", "Trainer")) {
            var body = "{\"name\": \"" + name + "\", \"base_url\": \"" + FakeServices.PROVIDER.url() + "/own\"}";
            assertThat(owner.post("/v2/upstreams", body).status()).isEqualTo(409);
            assertThat(new Client(port).bearer(FakeServices.ADMIN_TOKEN).post("/v2/admin/upstreams", body).status()).isEqualTo(409);
        }
        var entered = owner.post("/v2/upstreams", "{\"name\": \"mine\", \"base_url\": \"" + FakeServices.PROVIDER.url() + "/own\"}");
        assertThat(entered.status()).as(entered.text()).isEqualTo(201);
        jdbc.sql("update upstreams set name = 'trainer', version = version + 1 where id = :id")
                .param("id", UUID.fromString(entered.json().path("id").asString()))
                .update();
        assertThat(call("/chat/completions", "\"messages\": [{\"role\": \"user\", \"content\": \"a digit\"}]").status()).isEqualTo(200);
        assertThat(FakeServices.PROVIDER.seen).isEmpty();
    }

    @Test
    void anUpstreamThatIsPointedAtItCarriesNoTokenOfThePlatforms() {
        owner.post("/v2/upstreams", "{\"name\": \"mine\", \"base_url\": \"" + FakeServices.TRAINER.url() + "/v1\"}");
        catalog("acme/big", "mine", OTHERS);
        owner.post("/inference/chat/completions", "{\"model\": \"acme/big\", \"messages\": [{\"role\": \"user\", \"content\": \"x\"}]}");
        assertThat(FakeServices.TRAINER.last().header("Authorization")).isNull();
    }
}
