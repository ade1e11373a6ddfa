// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeService;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Where trainers elsewhere say that their policies are. */
@GatewayTest
class PassingUpstreamsTests {

    private static final String SECRET = "sk-of-the-trainer-0123456789";
    /** As vLLM answers: the prompt's ids are told once, at the top. */
    private static final String SAMPLED = """
            {"id": "c-1", "object": "chat.completion", "created": 1700000000, "model": "policy", "prompt_token_ids": [1, 2],
            "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop", "token_ids": [3, 4],
            "logprobs": {"content": [{"token": "Hi", "logprob": -0.5}, {"token": "", "logprob": -0.25}]}}],
            "usage": {"prompt_tokens": 2, "completion_tokens": 2}}""";

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    PassingUpstreams passing;

    private final String team = "team " + UUID.randomUUID();
    private String teamId;
    private Client owner;
    /** A member. */
    private Client trainer;

    @BeforeEach
    void start() {
        FakeServices.reset();
        FakeServices.TRAINING.on("PUT /internal/models/offered", 204, "");
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "11111111-1111-4111-8111-111111111111", "modelName": "slime/org/policy", "provider": "slime",
                 "upstreamModel": "org/policy"}""");
        FakeServices.PROVIDER.on("POST /one/chat/completions", 200, SAMPLED);
        FakeServices.PROVIDER.on("POST /two/chat/completions", 200, SAMPLED);
        var client = new Client(port);
        owner = client.ofTeam(team);
        var key = client.newKey(team, "trainer");
        teamId = key.path("team_id").asString();
        trainer = client.bearer(key.path("key").asString());
    }

    private Client.Answer put(String name, String body) {
        return trainer.send("PUT", "/v2/upstreams/by-name/" + name, BodyPublishers.ofString(body), "Content-Type", "application/json");
    }

    private static String at(String place, String members) {
        return "{\"base_url\": \"" + FakeServices.PROVIDER.url() + place + "\", \"model\": \"org/policy\", \"expires_in_s\": 60" + members
                + "}";
    }

    private Client.Answer call() {
        return trainer.post("/inference/chat/completions", "{\"model\": \"slime/org/policy\", \"return_token_ids\": true,"
                + " \"logprobs\": true, \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}");
    }

    private JsonNode told() {
        return allTold().getLast();
    }

    private List<JsonNode> allTold() {
        return FakeServices.TRAINING.seen.stream()
                .filter(seen -> seen.uri().endsWith("/offered"))
                .map(seen -> JsonMapper.shared().readTree(seen.text()))
                .filter(told -> told.path("team").asString("").equals(teamId))
                .toList();
    }

    private int rows() {
        return jdbc.sql("select count(*) from upstreams where team_id = :team").param("team", UUID.fromString(teamId))
                .query(Integer.class).single();
    }

    private int versions() {
        return jdbc.sql("select coalesce(sum(version), 0) from upstreams where name = 'slime'").query(Integer.class).single();
    }

    @Test
    void aModelIsInTheCatalogWhenItsTrainerIsAnsweredAndIsAskedWhereItIsNow() {
        var said = put("slime", at("/one", ", \"credential\": \"" + SECRET + "\", \"preset\": \"vllm\""));
        assertThat(said.status()).as(said.text()).isEqualTo(200);
        assertThat(said.json().path("model").asString()).as("called after it, whatever slashes it has").isEqualTo("slime/org/policy");
        assertThat(said.text()).doesNotContain(SECRET).contains("…6789");
        assertThat(told().at("/models/slime/0/modelName").asString()).isEqualTo("slime/org/policy");
        assertThat(told().path("passing").toString()).as("it hides nothing").isEqualTo("[\"slime\"]");
        assertThat(told().at("/models/slime/0/upstreamModel").asString()).isEqualTo("org/policy");

        var answer = call();
        assertThat(answer.json().at("/choices/0/prompt_token_ids").toString()).isEqualTo("[1,2]");
        assertThat(answer.json().at("/choices/0/token_ids").toString()).isEqualTo("[3,4]");
        assertThat(FakeServices.PROVIDER.last().header("Authorization")).isEqualTo("Bearer " + SECRET);
        assertThat(FakeServices.PROVIDER.last().text()).contains("\"org/policy\"", "return_token_ids");

        assertThat(put("slime", at("/two", "")).status()).isEqualTo(200);
        assertThat(call().status()).isEqualTo(200);
        assertThat(FakeServices.PROVIDER.last().uri()).startsWith("/two");
        assertThat(FakeServices.PROVIDER.last().header("Authorization")).as("it was for the other address").isNull();

        assertThat(trainer.delete("/v2/upstreams/by-name/slime").status()).isEqualTo(204);
        assertThat(call().status()).isEqualTo(503);
        assertThat(told().path("upstreams").isEmpty()).isTrue();
    }

    @Test
    void saidAgainItLastsLongerAndIsTheSame() {
        var body = at("/one", ", \"credential\": \"" + SECRET + "\"");
        var first = put("slime", body).json();
        var version = versions();
        var again = put("slime", body.replace("_s\": 60", "_s\": 600")).json();
        assertThat(again.path("id")).isEqualTo(first.path("id"));
        assertThat(again.path("expires_at").asString()).isGreaterThan(first.path("expires_at").asString());
        assertThat(versions()).isEqualTo(version);
        assertThat(put("slime", body.replace(SECRET, SECRET + "1")).status()).isEqualTo(200);
        assertThat(versions()).isEqualTo(version + 1);
        trainer.delete("/v2/upstreams/by-name/slime");
    }

    @Test
    void whatNobodySaysAnyMoreIsGoneWithItsCredential() {
        var id = UUID.fromString(put("slime", at("/one", ", \"credential\": \"" + SECRET + "\"")).json().path("id").asString());
        jdbc.sql("update upstreams set expires_at = now() where id = :id").param("id", id).update();
        await().untilAsserted(() -> assertThat(call().status()).isEqualTo(503));
        assertThat(trainer.get("/v2/upstreams/" + id).status()).isEqualTo(404);
        FakeServices.TRAINING.on("PUT /internal/models/offered", 500, "{}");
        passing.sweep();
        assertThat(rows()).as("or nobody would tell the catalog any more").isEqualTo(1);
        FakeServices.TRAINING.on("PUT /internal/models/offered", 204, "");
        passing.sweep();
        assertThat(rows()).isZero();
        assertThat(told().path("upstreams").toString()).isEqualTo("[]");
        assertThat(put("slime", at("/one", "")).json().path("id").asString()).isNotEqualTo(id.toString());
        trainer.delete("/v2/upstreams/by-name/slime");
    }

    @Test
    void itHidesNobodys() {
        assertThat(put("provider", at("/one", "")).detail()).contains("one of everybody's upstreams");
        assertThat(put("trainer", at("/one", "")).status()).isEqualTo(409);
        var stays = owner.post("/v2/upstreams", "{\"name\": \"stays\", \"base_url\": \"" + FakeServices.PROVIDER.url() + "/own\"}");
        assertThat(stays.status()).as(stays.text()).isEqualTo(201);
        assertThat(put("Stays", at("/one", "")).detail()).contains("stays until an administrator changes it");
        assertThat(trainer.delete("/v2/upstreams/by-name/stays").status()).isEqualTo(409);
        assertThat(trainer.delete("/v2/upstreams/by-name/nobody").status()).isEqualTo(404);
    }

    @Test
    void itTakesTheSlugOfNoOtherModel() {
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "11111111-1111-4111-8111-111111111111", "modelName": "Slime/org/policy", "provider": "router",
                 "upstreamModel": "slime/org/policy"}""");
        var refused = put("slime", at("/one", ""));
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.detail()).contains("'slime/org/policy' is a model of 'router'");
        assertThat(rows()).isZero();
        assertThat(allTold()).isEmpty();
    }

    @Test
    void whatTheCatalogWasToldByAnotherReplicaIsToldAnew() {
        put("slime", at("/one", ""));
        FakeServices.TRAINING.on("GET /internal/models/resolve", 404, "{}");
        assertThat(put("slime", at("/one", "")).status()).as("it does not take it in").isEqualTo(503);
        var before = allTold().size();
        FakeServices.TRAINING.on("GET /internal/models/resolve", (exchange, seen) -> FakeService.send(
                exchange, allTold().size() > before ? 200 : 404, """
                        {"id": "11111111-1111-4111-8111-111111111111", "modelName": "slime/org/policy", "provider": "slime",
                         "upstreamModel": "org/policy"}"""));
        assertThat(put("slime", at("/one", "")).status()).isEqualTo(200);
        assertThat(allTold()).hasSize(before + 1);
        trainer.delete("/v2/upstreams/by-name/slime");
    }

    @Test
    void oneOfEverybodysThatComesLaterIsNotHidden() {
        assertThat(put("slime", at("/one", "")).status()).isEqualTo(200);
        var operator = new Client(port).bearer(FakeServices.ADMIN_TOKEN);
        var later = operator.post(
                "/v2/admin/upstreams", "{\"name\": \"slime\", \"base_url\": \"" + FakeServices.PROVIDER.url() + "/two\"}");
        assertThat(later.status()).as(later.text()).isEqualTo(201);
        try {
            await().untilAsserted(() -> {
                assertThat(call().status()).isEqualTo(200);
                assertThat(FakeServices.PROVIDER.last().uri()).startsWith("/two");
            });
            assertThat(put("slime", at("/one", "")).detail()).contains("one of everybody's upstreams");
        } finally {
            operator.delete("/v2/admin/upstreams/" + later.json().path("id").asString());
            trainer.delete("/v2/upstreams/by-name/slime");
        }
    }

    @Test
    void whatCannotBeIsRefusedByTheNameOfItsField() {
        assertThat(put("slime", at("/one", "").replace("org/policy", "p".repeat(195))).detail())
                .startsWith("model: is called 'slime/…' here");
        assertThat(put("slime", "{}").detail()).startsWith("base_url: required");
        assertThat(put("slime", "{\"base_url\": \"https://h.example\"}").detail()).startsWith("model: required");
        assertThat(put("slime", "{\"base_url\": \"https://h.example\", \"model\": \"m\"}").detail()).startsWith("expires_in_s: required");
        assertThat(put("slime", at("/one", "").replace("60", "59")).detail()).startsWith("expires_in_s: must be 60 to 604800");
        assertThat(put("slime", at("/one", "").replace("http://", "ftp://")).detail()).startsWith("base_url: has to be");
        assertThat(put("a%20b", at("/one", "")).detail()).startsWith("name: has to be");
    }

    @Test
    void whileTheCatalogCannotBeToldItIsSaidSoAndSaidAgainItIsDone() {
        FakeServices.TRAINING.on("PUT /internal/models/offered", 500, "{}");
        var answer = put("slime", at("/one", ""));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.detail()).contains("Say it again");
        FakeServices.TRAINING.on("PUT /internal/models/offered", 204, "");
        assertThat(put("slime", at("/one", "")).status()).isEqualTo(200);
        trainer.delete("/v2/upstreams/by-name/slime");
    }
}
