// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Upstreams and targets that the operator enters for everybody, and how all of them are. */
@GatewayTest
class OperatorUpstreamsTests {

    private static final String SECRET = "sk-of-the-operator-0123456789";
    private static final String COMPLETION = """
            {"id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000, "model": "big-1", "choices": [{"index": 0,
            "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 9, "completion_tokens": 1}}""";

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient jdbc;

    private final String name = "entered-" + UUID.randomUUID();
    private Client operator;
    private Client somebody;

    @BeforeEach
    void start() {
        FakeServices.reset();
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "11111111-1111-4111-8111-111111111111", "modelName": "acme/big", "provider": "%s", "upstreamModel": "big-1"}""".formatted(name));
        FakeServices.PROVIDER.on("POST /entered/chat/completions", 200, COMPLETION);
        operator = new Client(port).bearer(FakeServices.ADMIN_TOKEN);
        somebody = new Client(port).ofTeam("team " + UUID.randomUUID());
    }

    @AfterEach
    void leaveNothing() {
        jdbc.sql("delete from upstreams where team_id is null").update();
        jdbc.sql("delete from model_targets where team_id is null").update();
    }

    private String enter(String members) {
        var answer = operator.post(
                "/v2/admin/upstreams", "{\"name\": \"" + name + "\", \"base_url\": \"" + FakeServices.PROVIDER.url() + "/entered\"" + members + "}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json().path("id").asString();
    }

    private Client.Answer call() {
        return somebody.post("/inference/chat/completions", "{\"model\": \"acme/big\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}");
    }

    private List<JsonNode> seenBySomebody() {
        return somebody.get("/v2/upstreams").json().path("items").valueStream().toList();
    }

    private JsonNode seenBySomebody(String upstream) {
        return seenBySomebody().stream().filter(item -> item.path("name").asString().equals(upstream)).findFirst().orElseThrow();
    }

    @Test
    void whatTheOperatorEntersIsEverybodysWithinSeconds() {
        assertThat(call().status()).as("nobody knows it yet").isEqualTo(503);
        var id = enter(", \"credential\": \"" + SECRET + "\"");
        await().untilAsserted(() -> assertThat(call().status()).isEqualTo(200));
        assertThat(FakeServices.PROVIDER.last().header("Authorization")).isEqualTo("Bearer " + SECRET);
        assertThat(FakeServices.PROVIDER.last().header("x-assay-hops")).as("the operator's is sent nothing of ours").isNull();
        assertThat(operator.delete("/v2/admin/upstreams/" + id).status()).isEqualTo(204);
        await().untilAsserted(() -> assertThat(call().status()).isEqualTo(503));
    }

    @Test
    void everybodySeesHowItIsAndNobodyWhereItIsOrWithWhichKey() {
        enter(", \"credential\": \"" + SECRET + "\", \"limits\": {\"first_seconds\": 7}");
        await().untilAsserted(() -> assertThat(call().status()).isEqualTo(200));
        var item = seenBySomebody(name);
        assertThat(item.toString()).doesNotContain(SECRET, "6789", FakeServices.PROVIDER.url());
        assertThat(item.path("id").isNull()).isTrue();
        assertThat(item.path("health").path("state").asString()).isEqualTo("closed");
        assertThat(item.path("health").path("calls").asInt()).isEqualTo(1);
        assertThat(item.path("health").path("p50_ms").isNumber()).isTrue();
        assertThat(seenBySomebody("provider").path("base_url").isNull()).as("nor where one of the configuration is").isTrue();
        var operators = operator.get("/v2/admin/upstreams");
        assertThat(operators.text()).doesNotContain(SECRET, "sk-of-the-platform").contains(FakeServices.PROVIDER.url() + "/entered", "\"first_seconds\":7");
        assertThat(jdbc.sql("select upstreams::text from upstreams where team_id is null").query(String.class).list().toString()).doesNotContain(SECRET);
    }

    @Test
    void whatTheConfigurationHasIsChangedThere() {
        for (var taken : List.of("provider", "PROVIDER", "scripted")) {
            var answer = operator.post("/v2/admin/upstreams", "{\"name\": \"" + taken + "\", \"base_url\": \"http://127.0.0.1:1\"}");
            assertThat(answer.status()).as(taken).isEqualTo(409);
            assertThat(answer.detail()).startsWith("name: ").contains("configuration");
        }
        var id = enter("");
        assertThat(operator.send("PATCH", "/v2/admin/upstreams/" + id, BodyPublishers.ofString("{\"name\": \"dead\"}"), "Content-Type", "application/json").status())
                .isEqualTo(409);
        assertThat(operator.post("/v2/admin/upstreams", "{\"name\": \"" + name + "\", \"preset\": \"openai\"}").status()).as("the same twice").isEqualTo(409);
    }

    @Test
    void noTeamReachesEverybodysUpstreamsByTheirIds() {
        var id = enter("");
        assertThat(somebody.get("/v2/upstreams/" + id).status()).isEqualTo(404);
        assertThat(somebody.delete("/v2/upstreams/" + id).status()).isEqualTo(404);
        assertThat(somebody.get("/v2/admin/upstreams").status()).isIn(401, 403);
        var theirs = somebody.post("/v2/upstreams", "{\"name\": \"" + name + "\", \"preset\": \"openai\", \"enabled\": false}");
        assertThat(theirs.status()).as("a team may hide it for itself").isEqualTo(201);
        assertThat(operator.get("/v2/admin/upstreams/" + theirs.json().path("id").asString()).status()).isEqualTo(404);
    }

    @Test
    void everyChangeIsTakenDownWithoutTheCredential() {
        var id = enter(", \"credential\": \"" + SECRET + "\"");
        operator.send("PATCH", "/v2/admin/upstreams/" + id, BodyPublishers.ofString("{\"credential\": \"sk-the-next-0123456789\", \"enabled\": false}"),
                "Content-Type", "application/json");
        operator.delete("/v2/admin/upstreams/" + id);
        var rows = jdbc.sql("select action || coalesce(before::text, '-') || coalesce(after::text, '-') from audit where object_id = :id order by id")
                .param("id", id).query(String.class).list();
        assertThat(rows).hasSize(3);
        assertThat(rows.get(0)).startsWith("upstream.add");
        assertThat(rows.get(1)).startsWith("upstream.change").contains("\"credential\": \"changed\"", "\"enabled\": false");
        assertThat(rows.get(2)).startsWith("upstream.delete");
        assertThat(rows.toString()).doesNotContain(SECRET, "sk-the-next", "6789");
    }

    @Test
    void aTargetOfEverybodysIsTheCallsOfWhoHasNoneOfItsOwn() {
        enter("");
        var target = operator.post("/v2/admin/targets", "{\"model_name\": \"acme/big\", \"upstream\": \"" + name + "\", \"upstream_model\": \"big-2\"}");
        assertThat(target.status()).as(target.text()).isEqualTo(201);
        await().untilAsserted(() -> {
            assertThat(call().status()).isEqualTo(200);
            assertThat(FakeServices.PROVIDER.last().text()).contains("\"big-2\"");
        });
        assertThat(somebody.get("/v2/targets").json().path("total").asInt()).isZero();
        somebody.post("/v2/targets", "{\"model_name\": \"acme/big\", \"upstream\": \"" + name + "\", \"upstream_model\": \"big-3\"}");
        assertThat(call().status()).isEqualTo(200);
        assertThat(FakeServices.PROVIDER.last().text()).as("a team's own wins").contains("\"big-3\"");
        assertThat(operator.delete("/v2/admin/targets/" + target.json().path("id").asString()).status()).isEqualTo(204);
        assertThat(operator.get("/v2/admin/targets").json().path("total").asInt()).isZero();
    }

    @Test
    void anAdministratorLooksWhetherAnUpstreamAnswers() {
        FakeServices.PROVIDER.on("GET /v1/models", 200, "{}");
        var well = somebody.post("/v2/upstreams/provider/probe", "");
        assertThat(well.status()).as(well.text()).isEqualTo(200);
        assertThat(well.json().path("state").asString()).isEqualTo("closed");
        assertThat(well.json().path("probed_at").asString()).isNotEmpty();
        assertThat(FakeServices.PROVIDER.last().header("Authorization")).isEqualTo("Bearer sk-of-the-platform");
        var dead = somebody.post("/v2/upstreams/dead/probe", "").json();
        assertThat(dead.path("last_error").asString()).isEqualTo("it cannot be connected to");
        assertThat(dead.path("errors").asInt()).as("a look is no call").isZero();
        assertThat(somebody.post("/v2/upstreams/nobody/probe", "").status()).isEqualTo(404);
        var other = new Client(port).bearer(operator.post("/v2/admin/keys", "{\"team\": \"probing\", \"name\": \"reader\", \"role\": \"viewer\"}").json().path("key").asString());
        assertThat(other.post("/v2/upstreams/provider/probe", "").status()).isEqualTo(403);
    }

    @Test
    void anUpstreamsOwnLimitsHoldForItsCalls() {
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "11111111-1111-4111-8111-111111111111", "modelName": "acme/slow", "provider": "%s", "upstreamModel": "big-1"}""".formatted(name));
        var answer = operator.post("/v2/admin/upstreams", "{\"name\": \"" + name + "\", \"base_url\": \"http://127.0.0.1:"
                + FakeServices.SILENT.getLocalPort() + "\", \"limits\": {\"first_seconds\": 1}}");
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        var late = somebody.post("/inference/chat/completions", "{\"model\": \"acme/slow\", \"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}");
        assertThat(late.status()).isEqualTo(504);
        assertThat(late.text()).contains("within PT1S");
    }

    @Test
    void whatCannotBeIsRefusedByTheNameOfItsField() {
        for (var bad : List.of("\"limits\": {\"total_seconds\": 0}", "\"limits\": {\"first_seconds\": 90000}", "\"models\": [\"a b\"]", "\"models\": [\"\"]",
                "\"credential\": \"{\\\"type\\\": 1}\"")) {
            var answer = operator.post("/v2/admin/upstreams", "{\"name\": \"x\", \"preset\": \"openai\", " + bad + "}");
            assertThat(answer.status()).as(bad + answer.text()).isEqualTo(400);
            assertThat(answer.detail()).matches("(limits\\.\\w+|models|credential): .+");
        }
    }
}
