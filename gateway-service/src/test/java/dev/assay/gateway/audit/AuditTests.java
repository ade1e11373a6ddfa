// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.Role;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.web.MockHttpServletRequest;
import tools.jackson.databind.JsonNode;

/** What is taken down of changes, and who reads it. */
@GatewayTest
class AuditTests {

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    ChangesElsewhere elsewhere;

    @Autowired
    MeterRegistry meters;

    Client anybody;
    String team;
    JsonNode key;
    Client admin;

    @BeforeEach
    void clean() {
        FakeServices.reset();
        anybody = new Client(port);
        team = "audited " + UUID.randomUUID();
        key = anybody.newKey(team, "ada");
        admin = anybody.with("Authorization", "Bearer " + key.path("key").asString(), "X-Forwarded-For", "203.0.113.9", "X-Request-Id", "mine-1");
    }

    @Test
    void aChangeIsTakenDownWithWhoWhatBeforeAndAfterAndWhereItCameFrom() {
        var made = admin.post("/v2/keys", "{\"name\": \"ci\", \"scopes\": [\"read\"]}").json();
        var id = made.path("id").asString();
        patch(id, "{\"name\": \"nightly\"}");
        admin.delete("/v2/keys/" + id);

        var entries = entries("object=key:" + id);
        assertThat(entries).extracting(entry -> entry.path("action").asString()).containsExactly("key.revoke", "key.change", "key.make");
        var change = entries.get(1);
        assertThat(change.at("/actor/kind").asString()).isEqualTo("administrator");
        assertThat(change.at("/actor/id")).isEqualTo(key.path("user_id"));
        assertThat(change.at("/actor/name").asString()).isEqualTo("ada");
        assertThat(change.path("key_id")).isEqualTo(key.path("id"));
        assertThat(change.path("request_id").asString()).isEqualTo("mine-1");
        assertThat(change.path("address").asString()).isEqualTo("203.0.113.9");
        assertThat(change.at("/before/name").asString()).isEqualTo("ci");
        assertThat(change.at("/after/name").asString()).isEqualTo("nightly");
        assertThat(entries.get(2).path("before").isNull()).isTrue();
        assertThat(entries.get(0).path("after").isNull()).isTrue();
        assertThat(jdbc.sql("select audit::text from gateway.audit").query(String.class).list())
                .noneMatch(row -> row.contains(made.path("key").asString()));
    }

    @Test
    void whatIsRefusedLeavesNoEntry() {
        assertThat(admin.post("/v2/keys", "{\"name\": \"ci\", \"scopes\": [\"all\"]}").status()).isEqualTo(400);
        assertThat(patch(UUID.randomUUID().toString(), "{\"name\": \"x\"}").status()).isEqualTo(404);
        assertThat(entries("person=" + key.path("user_id").asString())).isEmpty();
    }

    @Test
    void keysThatTheOperatorMakesStandAmongTheTeamsEntries() {
        var entry = entries("").getLast();
        assertThat(entry.path("action").asString()).isEqualTo("key.make");
        assertThat(entry.at("/actor/kind").asString()).isEqualTo("operator");
        assertThat(entry.at("/actor/id").isNull()).isTrue();
    }

    @Test
    void signingInAndOutIsTakenDown() {
        var page = anybody.with("X-Requested-With", "console", "X-Forwarded-For", "203.0.113.10");
        var cookie = page.post("/v2/auth/session", "{\"key\": \"" + key.path("key").asString() + "\"}").header("set-cookie").split(";")[0];
        anybody.with("X-Requested-With", "console", "Cookie", cookie).delete("/v2/auth/session");
        var entries = entries("object=user:" + key.path("user_id").asString());
        assertThat(entries).extracting(entry -> entry.path("action").asString()).containsExactly("session.close", "session.open");
        assertThat(entries).allSatisfy(entry -> assertThat(entry.path("key_id")).isEqualTo(key.path("id")));
        assertThat(entries.getLast().path("address").asString()).isEqualTo("203.0.113.10");
    }

    @Test
    void whatOtherServicesChangeIsTakenDownWithMethodPathAndStatus() {
        var id = UUID.randomUUID();
        FakeServices.ENVIRONMENT.on("POST /v2/tasksets", 400, "{}");
        FakeServices.JOB.on("POST /v2/rollouts/cancel_job", 500, "{}");
        admin.delete("/v2/registry/" + id + "/variables/TOKEN?x=secret");
        admin.post("/v2/tasksets", "{}"); // refused: nothing was changed
        admin.post("/v2/rollouts/cancel_job", "{}"); // nobody knows whether it was
        admin.post("/v2/rollouts/submit", "{}");
        admin.post("/v2/trace/" + id + "/enter", "{}");
        admin.post("/runtime/sessions", "{}");
        admin.post("/rl/v1/models/" + id + "/train/optim-step", "{}");
        admin.get("/v2/registry/" + id);
        elsewhere.write();

        var entries = entries("person=" + key.path("user_id").asString());
        assertThat(entries).extracting(entry -> entry.path("action").asString()).containsExactly("rollouts.cancel_job", "registry.delete");
        assertThat(entries.getFirst().at("/after/status").asInt()).isEqualTo(500);
        var delete = entries.getLast();
        assertThat(delete.at("/object/id").asString()).isEqualTo(id.toString());
        assertThat(delete.at("/after/method").asString()).isEqualTo("DELETE");
        assertThat(delete.at("/after/path").asString()).isEqualTo("/v2/registry/" + id + "/variables/TOKEN");
        assertThat(delete.path("key_id")).isEqualTo(key.path("id"));
        assertThat(delete.path("address").asString()).isEqualTo("203.0.113.9");
        assertThat(delete.toString()).doesNotContain("secret");
    }

    @Test
    void whileTheDatabaseCannotTakeThemChangesElsewhereAreAnsweredAndWait() {
        jdbc.sql("alter table audit rename to audit_away").update();
        try {
            assertThat(admin.delete("/v2/registry/" + UUID.randomUUID()).status()).isEqualTo(200);
            elsewhere.write();
        } finally {
            jdbc.sql("alter table audit_away rename to audit").update();
        }
        elsewhere.write();
        assertThat(entries("action=registry.delete")).hasSize(1);
    }

    @Test
    void aPathThatIsTooLongForAnIndexIsCutAndKeepsNothingBehindItWaiting() {
        var name = "n-" + random();
        var id = UUID.randomUUID();
        admin.delete("/v2/registry/" + name);
        admin.delete("/v2/registry/" + id.toString().replace("-", "").toUpperCase(Locale.ROOT));
        elsewhere.write();
        assertThat(entries("action=registry.delete")).extracting(entry -> entry.at("/object/id").asString())
                .containsExactly(id.toString(), name.substring(0, 200));
    }

    @Test
    void anEntryThatTheDatabaseCanNeverTakeIsSetAside() {
        var caller = new Caller(TeamId.parse(key.path("team_id").asString()), new UserId(UUID.randomUUID()), Role.MEMBER);
        elsewhere.note(new MockHttpServletRequest("DELETE", "/"), caller, "registry.delete", "registry", random(), "/v2/registry/x", 200);
        admin.delete("/v2/registry/" + UUID.randomUUID());
        elsewhere.write();
        assertThat(entries("action=registry.delete")).hasSize(1);
        assertThat(meters.counter("assay.audit.lost").count()).isPositive();
    }

    /** Nothing that a database could press together. */
    private static String random() {
        return Stream.generate(() -> UUID.randomUUID().toString()).limit(170).collect(Collectors.joining());
    }

    @Test
    void aChangeThatNobodyWasAnsweredHasNoStatus() throws Exception {
        var asked = new CountDownLatch(1);
        var over = new CountDownLatch(1);
        FakeServices.JOB.on("POST /v2/rollouts/cancel_job", (exchange, seen) -> {
            asked.countDown();
            try {
                over.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(("POST /v2/rollouts/cancel_job HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n"
                            + "Authorization: %s\r\n\r\n").formatted(admin.headers()[1]).getBytes(StandardCharsets.UTF_8));
            asked.await();
        }
        try {
            await().untilAsserted(() -> {
                elsewhere.write();
                assertThat(entries("action=rollouts.cancel_job")).hasSize(1);
            });
        } finally {
            over.countDown();
        }
        var after = entries("action=rollouts.cancel_job").getFirst().path("after");
        assertThat(after.has("status")).isTrue();
        assertThat(after.path("status").isNull()).isTrue();
    }

    @Test
    void pagesGoOnWhereTheLastOneEnded() {
        for (int number = 0; number < 5; number++) {
            admin.post("/v2/keys", "{\"name\": \"key " + number + "\"}");
        }
        var seen = new ArrayList<String>();
        for (String cursor = ""; cursor != null; ) {
            var page = admin.get("/v2/audit?limit=2&action=key.make" + cursor).json();
            page.path("items").forEach(item -> seen.add(item.at("/after/name").asString()));
            cursor = page.path("next").isNull() ? null : "&cursor=" + page.path("next").asString();
        }
        assertThat(seen).containsExactly("key 4", "key 3", "key 2", "key 1", "key 0", "ada");
        assertThat(entries("to=2020-01-01T00:00:00Z")).isEmpty();
        assertThat(entries("from=2020-01-01T00:00:00Z&object=key")).hasSize(6);
    }

    @Test
    void exportsHoldAllAndNoFormulas() {
        admin.post("/v2/keys", "{\"name\": \"=HYPERLINK(\\\"http://evil.example\\\")\"}");
        for (var name : List.of("=1+1", "+1", "-1", "@SUM(A1)")) {
            anybody.bearer(FakeServices.ADMIN_TOKEN).post("/v2/admin/keys", "{\"team\": \"" + team + "\", \"name\": \"" + name + "\", \"role\": \"administrator\"}");
        }
        var formula = anybody.bearer(FakeServices.ADMIN_TOKEN).post("/v2/admin/keys", "{\"team\": \"" + team + "\", \"name\": \"=1+1\"}").json();
        anybody.bearer(formula.path("key").asString()).post("/v2/keys", "{\"name\": \"x\"}");

        var csv = admin.get("/v2/audit?format=csv&limit=1");
        assertThat(csv.header("content-type")).startsWith("text/csv");
        assertThat(csv.text().split("\r\n")).hasSize(13).anyMatch(line -> line.contains(",'=1+1,"));
        assertThat(csv.text().lines()).noneMatch(line -> line.matches(".*,[=+@-].*"));
        var lines = admin.send("GET", "/v2/audit", BodyPublishers.noBody(), "Accept", "application/x-ndjson");
        assertThat(lines.header("content-type")).startsWith("application/x-ndjson");
        assertThat(lines.text().lines()).hasSize(12).allSatisfy(line -> assertThat(line).startsWith("{\"id\":").endsWith("}"));
    }

    @Test
    void entriesAreForAdministratorsOfTheTeamAndForTheOperator() {
        var other = anybody.ofTeam("others of " + team);
        other.post("/v2/keys", "{\"name\": \"theirs\"}");
        assertThat(entries("")).noneMatch(entry -> entry.toString().contains("theirs"));
        assertThat(admin.get("/v2/audit?format=csv").text()).doesNotContain("theirs");
        var theirs = other.get("/v2/audit").json().at("/items/0");
        assertThat(entries("object=key:" + theirs.at("/object/id").asString())).isEmpty();
        assertThat(anybody.ofTeam(team).get("/v2/audit").status()).isEqualTo(403);
        var operator = anybody.bearer(FakeServices.ADMIN_TOKEN);
        assertThat(operator.get("/v2/admin/audit?limit=500").text()).contains("theirs");
        assertThat(operator.get("/v2/admin/audit?team=" + key.path("team_id").asString()).text()).doesNotContain("theirs").contains("key.make");
        assertThat(admin.get("/v2/admin/audit").status()).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "person=x", "object=", "object=:1", "object=key:", "limit=0", "limit=501", "limit=x", "cursor=-1", "cursor=x", "cursor=9999999999999999999",
        "from=yesterday", "to=2026-01-01", "from=%2B1000000-01-01T00:00:00Z", "format=xml", "action=a%00b"
    })
    void whatCannotBeMeantIsRefusedByName(String query) {
        var refused = admin.get("/v2/audit?" + query);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.detail()).contains(query.substring(0, query.indexOf('=')));
    }

    @Test
    void theDatabaseItselfRefusesToChangeEntries() {
        for (var sql : List.of("update audit set actor = 'nobody'", "delete from audit", "truncate audit")) {
            assertThatThrownBy(() -> jdbc.sql(sql).update()).isInstanceOf(DataAccessException.class).hasMessageContaining("never changed");
        }
    }

    private Client.Answer patch(String id, String body) {
        return admin.send("PATCH", "/v2/keys/" + id, BodyPublishers.ofString(body), "Content-Type", "application/json");
    }

    private List<JsonNode> entries(String query) {
        var answer = admin.get("/v2/audit?limit=500&" + query);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json().path("items").valueStream().toList();
    }
}
