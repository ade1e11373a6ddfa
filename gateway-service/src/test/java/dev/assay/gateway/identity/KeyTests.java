// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeService;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.identity.Party;
import dev.assay.testsupport.TestPlatform;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** Keys: what they open, how long, who gives them to whom, and what takes their place. */
@GatewayTest
class KeyTests {

    private static final String CHAT = "{\"model\": \"scripted/echo\", \"messages\": [{\"role\": \"user\", \"content\": \"hello\"}]}";
    private static final String SPANS = "/telemetry/v3/api/trace/" + UUID.randomUUID() + "/telemetry-upload";

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    KeyUses uses;

    Client anybody;
    String team;
    JsonNode first;
    Client admin;

    @BeforeEach
    void clean() {
        FakeServices.reset();
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200,
                "{\"id\": \"3b241101-e2bb-4255-8caf-4136c566a962\", \"modelName\": \"scripted/echo\", \"provider\": \"scripted\", "
                        + "\"upstreamModel\": \"echo\"}");
        anybody = new Client(port);
        team = "keys of " + UUID.randomUUID();
        first = anybody.newKey(team, "ada");
        admin = holder(first);
    }

    @Test
    void aKeyOfOnesOwnOpensWhatItsScopesSayAndNothingElse() {
        var made = made(admin, "{\"name\": \"ci\", \"scopes\": [\"models\", \"telemetry\"]}");
        var ci = holder(made);
        assertThat(ci.post("/inference/chat/completions", CHAT).status()).isEqualTo(200);
        assertThat(ci.get("/inference/models").status()).isEqualTo(200);
        assertThat(ci.post(SPANS, "{}").status()).isEqualTo(200);
        assertThat(seen("trace-service", FakeServices.TRACE).narrowed()).isTrue();
        for (var path : new String[] {"/v2/jobs", "/v2/keys", "/v2/usage", "/v3/api-docs", "/v2/nowhere"}) {
            var refused = ci.get(path);
            assertThat(refused.status()).as(path).isEqualTo(403);
            assertThat(refused.detail()).contains("models, telemetry", "'read'");
        }
        assertThat(ci.delete("/v2/keys/" + first.path("id").asString()).detail()).contains("'write'");
        assertThat(ci.get("/rl/v1/anything").status()).isEqualTo(403);
        assertThat(FakeServices.JOB.seen).isEmpty();
        var me = ci.get("/v2/auth/me").json();
        assertThat(me.path("role").asString()).isEqualTo("administrator");
        assertThat(me.path("key_id")).isEqualTo(made.path("id"));
        assertThat(me.path("scopes").toString()).isEqualTo("[\"models\",\"telemetry\"]");
    }

    @Test
    void aModelCallByAKeyThatDoesNotOpenThemIsRefusedInTheDialectOfThePath() {
        var reader = holder(made(admin, "{\"name\": \"reader\", \"scopes\": [\"read\"]}"));
        var chat = reader.post("/inference/chat/completions", CHAT);
        assertThat(chat.status()).isEqualTo(403);
        assertThat(chat.json().at("/error/message").asString()).contains("'models'");
        assertThat(reader.post("/inference/v1/messages", "{}").json().at("/error/type").asString()).isEqualTo("permission_error");
        assertThat(reader.get("/inference/models").json().at("/error/message").asString()).contains("'models'");
        var both = anybody.with("x-api-key", key(made(admin, "{\"name\": \"r\", \"scopes\": [\"read\"]}")), "Authorization",
                "Bearer " + key(first));
        assertThat(both.post("/inference/chat/completions", CHAT).status()).isEqualTo(200);
    }

    @Test
    void scopesNarrowTheRoleThatServicesSee() {
        holder(made(admin, "{\"name\": \"r\", \"scopes\": [\"read\"]}")).get("/v2/jobs");
        assertThat(seen("job-service", FakeServices.JOB).role().word()).isEqualTo("viewer");
        holder(made(admin, "{\"name\": \"w\", \"scopes\": [\"write\"]}")).post("/v2/models", "{}");
        assertThat(seen("training-service", FakeServices.TRAINING).role().word()).isEqualTo("member");
        assertThat(seen("training-service", FakeServices.TRAINING).narrowed()).isTrue();
        holder(made(admin, "{\"name\": \"a\", \"scopes\": [\"admin\"]}")).post("/v2/models", "{}");
        assertThat(seen("training-service", FakeServices.TRAINING).role().word()).isEqualTo("administrator");
        var writer = holder(made(admin, "{\"name\": \"w\", \"scopes\": [\"read\", \"write\"]}"));
        var refused = writer.post("/v2/budgets", "{\"scope\": \"team\", \"limit_usd\": 1}");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.detail()).contains("takes administrator", "'admin'");
        assertThat(writer.get("/v2/audit").detail()).contains("takes administrator", "'admin'");
    }

    @Test
    void aBrowserOpensWhatTheKeyDoesThatItWasSignedInWith() {
        var page = anybody.with("X-Requested-With", "console");
        var reader = made(admin, "{\"name\": \"r\", \"scopes\": [\"read\"]}");
        var browser = anybody.with("X-Requested-With", "console", "Cookie",
                page.post("/v2/auth/session", "{\"key\": \"" + key(reader) + "\"}").header("set-cookie").split(";")[0]);
        assertThat(browser.get("/v2/keys").status()).isEqualTo(200);
        assertThat(browser.post("/v2/keys", "{\"name\": \"x\"}").detail()).contains("'write'");
        assertThat(browser.post("/v2/playground/chat/completions", CHAT).json().at("/error/message").asString()).contains("'models'");
        assertThat(change(admin, reader, "{\"expires_at\": \"" + soon() + "\"}").status()).isEqualTo(200);
        await().until(() -> browser.get("/v2/keys").status() == 401);
    }

    @Test
    void aKeyGivesNoMoreThanItOpensItselfAndNothingForLonger() {
        var ends = Instant.now().plus(1, ChronoUnit.HOURS).truncatedTo(ChronoUnit.SECONDS);
        var narrow = made(admin, "{\"name\": \"n\", \"scopes\": [\"read\", \"write\"], \"expires_at\": \"" + ends + "\"}");
        var maker = holder(narrow);
        for (var wanted : new String[] {"", ", \"scopes\": []", ", \"scopes\": [\"admin\"]", ", \"scopes\": [\"read\", \"models\"]"}) {
            var refused = maker.post("/v2/keys", "{\"name\": \"x\", \"expires_at\": \"" + ends + "\"" + wanted + "}");
            assertThat(refused.status()).as(wanted).isEqualTo(403);
            assertThat(refused.detail()).startsWith("scopes: ");
        }
        for (var until : new String[] {"", ", \"expires_at\": null", ", \"expires_at\": \"" + ends.plusSeconds(1) + "\""}) {
            var refused = maker.post("/v2/keys", "{\"name\": \"x\", \"scopes\": [\"read\"]" + until + "}");
            assertThat(refused.status()).as(until).isEqualTo(403);
            assertThat(refused.detail()).startsWith("expires_at: ");
        }
        var lesser = made(maker, "{\"name\": \"x\", \"scopes\": [\"write\"], \"expires_at\": \"" + ends + "\"}");
        for (var target : new JsonNode[] {narrow, lesser}) {
            assertThat(change(maker, target, "{\"scopes\": []}").status()).isEqualTo(403);
            assertThat(change(maker, target, "{\"expires_at\": \"" + ends.plusSeconds(9) + "\"}").status()).isEqualTo(403);
        }
        assertThat(change(maker, narrow, "{\"expires_at\": null}").status()).isEqualTo(403);
        assertThat(rotate(maker, first, "{}").status()).isEqualTo(403); // it would get the text of a key that opens all
        assertThat(rotate(maker, narrow, "{}").status()).isEqualTo(201);
    }

    @Test
    void aNarrowKeyNeitherRevivesNorReconnectsAStrongerOneOfItsOwner() {
        var narrow = holder(made(admin, "{\"name\": \"n\", \"scopes\": [\"read\", \"write\"]}"));
        var ended = made(admin, "{\"name\": \"was full\", \"expires_at\": \"" + soon() + "\"}");
        await().until(() -> holder(ended).get("/v2/auth/me").status() == 401);
        for (var more : new String[] {
            "{\"expires_at\": null}", "{\"expires_at\": \"2999-01-01T00:00:00Z\"}",
            "{\"recording\": {\"name\": \"mine\", \"mode\": \"record\"}}"
        }) {
            assertThat(change(narrow, ended, more).status()).as(more).isEqualTo(403);
        }
        assertThat(holder(ended).get("/v2/auth/me").status()).isEqualTo(401);
        var ends = Instant.now().plus(1, ChronoUnit.HOURS);
        for (var less : new String[] {"{\"name\": \"renamed\"}", "{\"expires_at\": \"" + ends + "\"}", "{\"scopes\": [\"admin\"]}"}) {
            var own = made(admin, "{\"name\": \"full\", \"expires_at\": \"2999-01-01T00:00:00Z\"}");
            assertThat(change(narrow, own, less).status()).as(less).isEqualTo(200);
        }
    }

    @Test
    void keysForOthersTakeAnAdministratorAndAreOfTheTeam() {
        var bo = anybody.newKey(team, "bo");
        var member = holder(bo);
        var adas = ", \"user_id\": \"" + first.path("user_id").asString() + "\"}";
        assertThat(member.post("/v2/keys", "{\"name\": \"x\"" + adas).detail()).contains("takes administrator");
        var bos = made(admin, "{\"name\": \"x\", \"user_id\": \"" + bo.path("user_id").asString() + "\"}");
        assertThat(holder(bos).get("/v2/auth/me").json().path("user_id")).isEqualTo(bo.path("user_id"));
        var stranger = anybody.newKey("others of " + team, "eve");
        assertThat(holder(stranger).post("/v2/keys", "{\"name\": \"x\"" + adas).status()).isEqualTo(404);
        for (var attempt : new String[] {"PATCH", "rotate", "DELETE"}) {
            assertThat(act(attempt, holder(stranger), first)).as(attempt).isEqualTo(404);
            assertThat(act(attempt, member, first)).as(attempt).isEqualTo(403);
        }
        assertThat(holder(anybody.bearer(FakeServices.ADMIN_TOKEN).post("/v2/admin/keys",
                "{\"team\": \"" + team + "\", \"name\": \"cy\", \"role\": \"viewer\"}").json()).post("/v2/keys", "{\"name\": \"x\"}").status())
                .isEqualTo(403);
    }

    @Test
    void aKeyThatHasEndedOpensNothingNoLaterThanTwoSecondsAfterwards() {
        var brief = made(admin, "{\"name\": \"brief\", \"expires_at\": \"" + soon() + "\"}");
        assertThat(holder(brief).get("/v2/auth/me").status()).isEqualTo(200);
        await().until(() -> holder(brief).get("/v2/auth/me").status() == 401);
        assertThat(holder(brief).post("/inference/chat/completions", CHAT).status()).isEqualTo(401);
        assertThat(listed(brief).path("expires_at").isNull()).isFalse();
        assertThat(rotate(admin, brief, "{}").detail()).contains("has ended");
        assertThat(change(admin, brief, "{\"expires_at\": null}").status()).isEqualTo(200);
        await().until(() -> holder(brief).get("/v2/auth/me").status() == 200);
    }

    @Test
    void aRotatedKeyOpensAtOnceAndTheOldOneUntilItsGraceIsOver() {
        var old = made(admin, "{\"name\": \"ci\", \"scopes\": [\"read\"], \"recording\": {\"name\": \"nightly\", \"mode\": \"replay\"}}");
        var answer = rotate(admin, old, "{\"grace_seconds\": 600}");
        assertThat(answer.status()).isEqualTo(201);
        var next = answer.json();
        assertThat(holder(next).get("/v2/keys").status()).isEqualTo(200);
        assertThat(holder(old).get("/v2/keys").status()).isEqualTo(200);
        assertThat(next.path("scopes").toString()).isEqualTo("[\"read\"]");
        assertThat(next.at("/recording/name").asString()).isEqualTo("nightly");
        assertThat(listed(old).path("replaced_by")).isEqualTo(next.path("id"));
        assertThat(holder(next).post("/v2/keys", "{\"name\": \"x\"}").status()).isEqualTo(403);

        var again = rotate(admin, old, "{}");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.detail()).contains(next.path("id").asString());
        assertThat(change(admin, old, "{\"expires_at\": null}").status()).isEqualTo(409);

        var last = rotate(admin, next, "{\"grace_seconds\": 0}").json();
        await().until(() -> holder(next).get("/v2/keys").status() == 401);
        assertThat(holder(old).get("/v2/keys").status()).isEqualTo(200);
        assertThat(listed(next).isMissingNode()).isTrue();
        assertThat(rotate(admin, old, "{}").detail()).contains(last.path("id").asString());
        assertThat(rotate(admin, next, "{}").detail()).contains(last.path("id").asString());
    }

    @Test
    void ofManyWhoRotateAKeyAtOnceOneGetsItsSuccessor() throws Exception {
        var old = made(admin, "{\"name\": \"ci\"}");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var attempts = new ArrayList<Callable<Integer>>();
            for (int each = 0; each < 8; each++) {
                attempts.add(() -> rotate(admin, old, "").status());
            }
            var statuses = threads.invokeAll(attempts).stream().map(answer -> answer.resultNow()).sorted().toList();
            assertThat(statuses).containsExactly(201, 409, 409, 409, 409, 409, 409, 409);
        }
        assertThat(admin.get("/v2/keys").json().path("total").asInt()).isEqualTo(3);
    }

    @Test
    void theBudgetsOfAKeyAreThoseOfItsSuccessorAndOfTheOldOneInItsGrace() {
        var old = made(admin, "{\"name\": \"ci\"}");
        assertThat(admin.post("/v2/budgets", "{\"scope\": \"key\", \"scope_id\": \"" + old.path("id").asString() + "\", \"limit_tokens\": 0}")
                .status()).isEqualTo(200);
        await().until(() -> holder(old).post("/inference/chat/completions", CHAT).status() == 402);
        var next = rotate(admin, old, "{}").json();
        assertThat(holder(next).post("/inference/chat/completions", CHAT).status()).as("at this replica at once").isEqualTo(402);
        await().until(() -> holder(old).post("/inference/chat/completions", CHAT).status() == 402);
    }

    @Test
    void aBudgetIsForAKeyThatOpensSomethingAndHasNoSuccessor() {
        var old = made(admin, "{\"name\": \"ci\"}");
        var next = rotate(admin, old, "{}").json();
        var refused = budget(old);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.detail()).startsWith("scope_id: ").contains(next.path("id").asString());
        assertThat(budget(next).status()).isEqualTo(200);
        admin.delete("/v2/keys/" + next.path("id").asString());
        assertThat(budget(next).status()).isEqualTo(404);
    }

    private Client.Answer budget(JsonNode key) {
        return admin.post("/v2/budgets", "{\"scope\": \"key\", \"scope_id\": \"" + key.path("id").asString() + "\", \"limit_tokens\": 0}");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "\"scopes\": [\"Read\"]", "\"scopes\": [\"read \"]", "\"scopes\": [\"\"]", "\"scopes\": [null]", "\"scopes\": [\"read,write\"]",
        "\"scopes\": [\"ADMIN\"]", "\"expires_at\": \"2020-01-01T00:00:00Z\"", "\"expires_at\": 1000000000000",
        "\"expires_at\": \"1000000000000\"", "\"expires_at\": \"2999-01-01\"", "\"expires_at\": \"+1000000-01-01T00:00:00Z\"", "\"expires_at\": \"\"",
        "\"expires_at\": {}", "\"name\": \"\"", "\"name\": \" \"", "\"name\": \"a\\u0000b\"",
        "\"recording\": {\"name\": \"../x\", \"mode\": \"record\"}", "\"recording\": {\"name\": \"x\", \"mode\": \"delete\"}", "\"recording\": {}",
        "\"recording\": []"
    })
    void whatCannotBeMeantIsRefusedByName(String member) {
        var named = member.contains("name\": \"") && member.startsWith("\"name") ? member : "\"name\": \"x\", " + member;
        var field = member.substring(1, member.indexOf('"', 1));
        var refused = admin.post("/v2/keys", "{" + named + "}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.detail()).contains(field);
        var own = made(admin, "{\"name\": \"y\"}");
        assertThat(change(admin, own, "{" + member + "}").status()).isEqualTo(400);
        assertThat(listed(own).path("name").asString()).isEqualTo("y");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "604801", "1000000000000", "\"soon\"", "1.5"})
    void aGraceThatCannotBeMeantIsRefused(String grace) {
        assertThat(rotate(admin, first, "{\"grace_seconds\": " + grace + "}").status()).isEqualTo(400);
    }

    @Test
    void theOperatorMakesKeysWithScopesAndAnEndToo() {
        var made = anybody.bearer(FakeServices.ADMIN_TOKEN).post("/v2/admin/keys",
                "{\"team\": \"" + team + "\", \"name\": \"bot\", \"scopes\": [\"telemetry\"], \"expires_at\": \"2999-01-01T00:00:00Z\"}").json();
        assertThat(made.path("scopes").toString()).isEqualTo("[\"telemetry\"]");
        assertThat(holder(made).get("/v2/jobs").status()).isEqualTo(403);
        assertThat(listed(made).path("expires_at").asString()).isEqualTo("2999-01-01T00:00:00Z");
    }

    @Test
    void whenAKeyWasUsedLastIsWrittenDownForAllKeysAtOnceAndALaterUseStays() {
        var used = made(admin, "{\"name\": \"used\", \"scopes\": [\"models\"]}");
        var idle = made(admin, "{\"name\": \"idle\"}");
        holder(used).post("/inference/chat/completions", CHAT);
        var before = jdbc.sql("select now()").query(Instant.class).single();
        uses.write();
        assertThat(listed(idle).path("last_used_at").isNull()).isTrue();
        assertThat(Instant.parse(listed(used).path("last_used_at").asString())).isBetween(before.minusSeconds(60), before.plusSeconds(60));
        assertThat(listed(first).path("last_used_at").isNull()).isFalse();
        jdbc.sql("update api_keys set last_used_at = '2999-01-01T00:00:00Z' where id = :id") // by another replica whose clock is ahead
                .param("id", UUID.fromString(used.path("id").asString()))
                .update();
        holder(used).post("/inference/chat/completions", CHAT);
        uses.write();
        assertThat(listed(used).path("last_used_at").asString()).isEqualTo("2999-01-01T00:00:00Z");
    }

    private static Caller seen(String name, FakeService service) {
        var token = service.last().header("Authorization").substring("Bearer ".length());
        return new InternalTokens(TestPlatform.signatures(Party.service(name))).verify(token).orElseThrow();
    }

    private static String soon() {
        return Instant.now().plusSeconds(5).toString();
    }

    private int act(String attempt, Client caller, JsonNode key) {
        return switch (attempt) {
            case "PATCH" -> change(caller, key, "{\"name\": \"x\"}").status();
            case "rotate" -> rotate(caller, key, "{}").status();
            default -> caller.delete("/v2/keys/" + key.path("id").asString()).status();
        };
    }

    private JsonNode listed(JsonNode key) {
        return admin.get("/v2/keys").json().path("items").valueStream().filter(item -> item.path("id").equals(key.path("id")))
                .findFirst().orElseGet(tools.jackson.databind.node.MissingNode::getInstance);
    }

    private static JsonNode made(Client maker, String body) {
        var answer = maker.post("/v2/keys", body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json();
    }

    private static Client.Answer change(Client caller, JsonNode key, String body) {
        return caller.send("PATCH", "/v2/keys/" + key.path("id").asString(), BodyPublishers.ofString(body), "Content-Type", "application/json");
    }

    private static Client.Answer rotate(Client caller, JsonNode key, String body) {
        return caller.post("/v2/keys/" + key.path("id").asString() + "/rotate", body);
    }

    private static String key(JsonNode made) {
        return made.path("key").asString();
    }

    private Client holder(JsonNode made) {
        return anybody.bearer(key(made));
    }
}
