// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.gateway.Client;
import dev.assay.gateway.FakeService;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Role;
import dev.assay.kit.identity.RunKeys;
import dev.assay.testsupport.TestPlatform;
import dev.assay.testsupport.Tokens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;

@GatewayTest
class IdentityTests {

    private static final String CHAT = "{\"model\": \"scripted/echo\", \"messages\": [{\"role\": \"user\", \"content\": \"hello\"}]}";

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient jdbc;

    Client anybody;

    @BeforeEach
    void clean() {
        FakeServices.reset();
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200,
                "{\"id\": \"3b241101-e2bb-4255-8caf-4136c566a962\", \"modelName\": \"scripted/echo\", \"provider\": \"scripted\", "
                        + "\"upstreamModel\": \"echo\"}");
        anybody = new Client(port);
    }

    @Test
    void aKeySaysWhoseItIs() {
        var made = anybody.newKey("lighthouse", "ada");
        assertThat(made.path("key").asString()).matches("ask_[A-Za-z0-9_-]{43}");
        var me = anybody.bearer(made.path("key").asString()).get("/v2/auth/me");
        assertThat(me.status()).isEqualTo(200);
        assertThat(me.json().path("team_id")).isEqualTo(made.path("team_id"));
        assertThat(me.json().path("user_id")).isEqualTo(made.path("user_id"));
        assertThat(me.json().path("team").asString()).isEqualTo("lighthouse");
    }

    @Test
    void keysOfTheSameNameAreOfTheSameUserAndTeam() {
        var first = anybody.newKey("harbour", "bo");
        var second = anybody.newKey("harbour", "bo");
        assertThat(second.path("team_id")).isEqualTo(first.path("team_id"));
        assertThat(second.path("user_id")).isEqualTo(first.path("user_id"));
        assertThat(second.path("key")).isNotEqualTo(first.path("key"));
    }

    @Test
    void noKeyIsStoredInTheClear() {
        var key = anybody.newKey("vault", "cy").path("key").asString();
        var rows = jdbc.sql("select api_keys::text from gateway.api_keys").query(String.class).list();
        assertThat(rows).isNotEmpty().noneMatch(row -> row.contains(key));
    }

    @Test
    void nobodyGetsInWithoutAKey() {
        var refused = anybody.get("/v2/auth/me");
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.header("content-type")).startsWith("application/problem+json");
        assertThat(refused.detail()).contains("No API key");
        assertThat(anybody.bearer("ask_" + "x".repeat(43)).get("/v2/jobs").status()).isEqualTo(401);
        assertThat(anybody.bearer("").get("/v2/jobs").status()).isEqualTo(401);
        assertThat(anybody.with("Authorization", "Basic Zm9vOmJhcg==").get("/v2/jobs").status()).isEqualTo(401);
        assertThat(anybody.get("/v2/nowhere").status()).isEqualTo(401);
        assertThat(FakeServices.JOB.seen).isEmpty();
    }

    @Test
    void onlyTheOperatorMakesKeys() {
        var body = "{\"team\": \"t\", \"name\": \"n\"}";
        assertThat(anybody.post("/v2/admin/keys", body).status()).isEqualTo(401);
        assertThat(anybody.bearer("wrong").post("/v2/admin/keys", body).detail()).contains("not the one of this gateway");
        assertThat(anybody.ofTeam("t").post("/v2/admin/keys", body).status()).isEqualTo(401);
    }

    @Test
    void aKeyNeedsATeamAndAName() {
        var operator = anybody.bearer(FakeServices.ADMIN_TOKEN);
        assertThat(operator.post("/v2/admin/keys", "{\"name\": \"n\"}").detail()).isEqualTo("team: required");
        assertThat(operator.post("/v2/admin/keys", "{\"team\": \"t\", \"name\": \" \"}").detail()).isEqualTo("name: required");
        assertThat(operator.post("/v2/admin/keys", "{\"team\": ").status()).isEqualTo(400);
        assertThat(operator.post("/v2/admin/keys", "").status()).isEqualTo(400);
    }

    @Test
    void aRevokedKeyOpensNothingSoonAfter() {
        var owner = anybody.ofTeam("revokers");
        var doomed = anybody.newKey("revokers", "old");
        var holder = anybody.bearer(doomed.path("key").asString());
        assertThat(holder.get("/v2/auth/me").status()).isEqualTo(200);
        assertThat(owner.delete("/v2/keys/" + doomed.path("id").asString()).status()).isEqualTo(204);
        await().until(() -> holder.get("/v2/auth/me").status() == 401);
        assertThat(owner.get("/v2/keys").text()).doesNotContain(doomed.path("id").asString());
        assertThat(owner.delete("/v2/keys/" + doomed.path("id").asString()).status()).isEqualTo(404);
    }

    @Test
    void aTeamSeesAndRevokesOnlyItsOwnKeys() {
        var mine = anybody.newKey("mine", "me");
        var others = anybody.ofTeam("others");
        assertThat(others.get("/v2/keys").text()).doesNotContain(mine.path("id").asString());
        assertThat(others.delete("/v2/keys/" + mine.path("id").asString()).status()).isEqualTo(404);
        assertThat(others.delete("/v2/keys/not-an-id").detail()).startsWith("id:");
        assertThat(anybody.bearer(mine.path("key").asString()).get("/v2/keys").json().path("total").asInt()).isEqualTo(1);
    }

    @Test
    void modelClientsSendTheirKeyInAnyOfTheUsualPlaces() {
        var key = anybody.newKey("models", "m").path("key").asString();
        var path = "/inference/chat/completions";
        assertThat(anybody.bearer(key).post(path, CHAT).status()).isEqualTo(200);
        assertThat(anybody.with("x-api-key", key).post(path, CHAT).status()).isEqualTo(200);
        assertThat(anybody.with("x-goog-api-key", key).post(path, CHAT).status()).isEqualTo(200);
        assertThat(anybody.post(path + "?key=" + key, CHAT).status()).isEqualTo(200);
        assertThat(anybody.with("x-api-key", key, "Authorization", "Bearer sk-stray").post(path, CHAT).status()).isEqualTo(200);
        assertThat(anybody.with("x-api-key", "sk-stray", "Authorization", "Bearer " + key).post(path, CHAT).status()).isEqualTo(200);
        var refused = anybody.with("x-api-key", "sk-stray").post(path, CHAT);
        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.json().path("error").path("code").asString()).isEqualTo("invalid_api_key");
    }

    @Test
    void aRefusalLooksLikeTheDialectOfThePath() {
        assertThat(anybody.post("/inference/v1/messages", CHAT).json().path("error").path("type").asString())
                .isEqualTo("authentication_error");
        var gemini = "/inference/v1beta/models/x:streamGenerateContent";
        assertThat(anybody.post(gemini + "?alt=sse", CHAT).json().path("error").path("status").asString()).isEqualTo("UNAUTHENTICATED");
        assertThat(anybody.post(gemini, CHAT).json().path(0).path("error").path("status").asString()).as("in the list that was asked for")
                .isEqualTo("UNAUTHENTICATED");
    }

    @Test
    void aRunsKeyOpensModelCallsAsLongAsItsAttemptLives() {
        var run = RunId.parse("0f8fad5b-d9cb-469f-a165-70867728950e");
        var holder = anybody.bearer(runKey(run, 1));
        FakeServices.JOB.on("GET /internal/runs/" + run + "/live", 200, "{\"live\": true, \"latest\": true}");
        assertThat(holder.post("/inference/chat/completions", CHAT).status()).isEqualTo(200);
        assertThat(FakeServices.JOB.seen).extracting(FakeService.Seen::uri).contains("/internal/runs/" + run + "/live?attempt=1");

        FakeServices.JOB.on("GET /internal/runs/" + run + "/live", 200, "{\"live\": false, \"latest\": false}");
        await().until(() -> holder.post("/inference/chat/completions", CHAT).status() == 401);
        assertThat(holder.post("/inference/chat/completions", CHAT).text()).contains("has ended");
    }

    @Test
    void whenNobodyKnowsWhetherARunLivesTheCallMayBeTriedAgain() {
        var run = new RunId(UUID.randomUUID());
        FakeServices.JOB.on("GET /internal/runs/" + run + "/live", 500, "{}");
        var answer = anybody.bearer(runKey(run, 1)).post("/inference/chat/completions", CHAT);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("retry-after")).isEqualTo("1");
    }

    /** A folder lies where the key's file should: it is there, and cannot be read. */
    @Test
    void whenTheKeyOfARunCannotBeCheckedTheCallMayBeTriedAgain() throws IOException {
        Files.createDirectories(TestPlatform.publicKeys().resolve("job-service.unreadable.jwk"));
        var part = Base64.getUrlEncoder().withoutPadding();
        var token = Stream.of(
                        "{\"alg\":\"ES256\",\"typ\":\"assay-run+jwt\",\"kid\":\"unreadable\"}",
                        "{\"iss\":\"job-service\",\"aud\":\"gateway-service\",\"exp\":32472144000}",
                        "0".repeat(64))
                .map(text -> part.encodeToString(text.getBytes(StandardCharsets.UTF_8)))
                .collect(Collectors.joining("."));
        var holder = anybody.bearer("ark_" + token);
        var answer = holder.post("/inference/chat/completions", CHAT);
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("retry-after")).isEqualTo("1");
        var spans = holder.post("/telemetry/v3/api/trace/" + UUID.randomUUID() + "/telemetry-upload", "{}");
        assertThat(spans.status()).isEqualTo(503);
        assertThat(spans.header("retry-after")).isEqualTo("25");
    }

    @Test
    void aRunsKeySendsTheSpansOfARunThatWasBegunInsideAsThatRuns() {
        var run = new RunId(UUID.randomUUID());
        var child = new RunId(UUID.randomUUID());
        var path = "/telemetry/v3/api/trace/" + child.hex() + "/telemetry-upload";
        var holder = anybody.bearer(runKey(run, 3));
        FakeServices.JOB.on("GET /internal/runs/" + child + "/nested", 500, "{}");
        assertThat(holder.post(path, "{}").status()).isEqualTo(503);
        FakeServices.JOB.on("GET /internal/runs/" + child + "/nested", (exchange, seen) -> FakeService.send(
                exchange, 200, "{\"nested\": " + seen.uri().endsWith("?root=" + run + "&attempt=3") + "}"));

        assertThat(holder.post(path, "{}").status()).isEqualTo(200);
        var token = FakeServices.TRACE.last().header("Authorization").replace("Bearer ", "");
        var caller = new InternalTokens(TestPlatform.signatures(Party.service("trace-service"))).verify(token).orElseThrow();
        assertThat(caller.run()).isEqualTo(child);
        assertThat(caller.attempt()).isNull();
        assertThat(caller.role()).isEqualTo(Role.RUN);

        assertThat(anybody.bearer(runKey(new RunId(UUID.randomUUID()), 1)).post(path, "{}").status()).isEqualTo(404);
    }

    @Test
    void aRunsKeyOpensTheSpansOfThatRunAndNothingElse() {
        var run = new RunId(UUID.randomUUID());
        var holder = anybody.bearer(runKey(run, 1));
        assertThat(holder.post("/telemetry/v3/api/trace/" + run.hex() + "/telemetry-upload", "{}").status()).isEqualTo(200);
        assertThat(FakeServices.TRACE.last().uri()).isEqualTo("/telemetry/trace/" + run.hex() + "/telemetry-upload");
        assertThat(holder.post("/telemetry/v3/api/trace/" + run + "/telemetry-upload", "{}").status()).isEqualTo(200);
        var other = new RunId(UUID.randomUUID());
        FakeServices.JOB.on("GET /internal/runs/" + other + "/nested", 200, "{\"nested\": false}");
        assertThat(holder.post("/telemetry/v3/api/trace/" + other + "/telemetry-upload", "{}").status()).isEqualTo(404);
        assertThat(holder.post("/telemetry/v3/api/trace/my-own-word/telemetry-upload", "{}").status()).isEqualTo(404);
        assertThat(holder.get("/v2/auth/me").status()).isEqualTo(403);
        assertThat(holder.get("/v2/trace/" + run).status()).isEqualTo(403);
        assertThat(holder.get("/v2/keys").status()).isEqualTo(403);
    }

    @Test
    void aRunKeyThatHasRunOutIsNone() {
        var key = Tokens.runKey(new RunKeys.RunKey(TeamId.random(), new RunId(UUID.randomUUID()), 1, "scripted/echo"), Instant.EPOCH);
        assertThat(anybody.bearer(key).post("/inference/chat/completions", CHAT).status()).isEqualTo(401);
    }

    private String runKey(RunId run, int attempt) {
        return Tokens.runKey(new RunKeys.RunKey(TeamId.random(), run, attempt, "scripted/echo"), Instant.parse("2999-01-01T00:00:00Z"));
    }
}
