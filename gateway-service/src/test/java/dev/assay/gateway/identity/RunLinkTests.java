// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Role;
import dev.assay.testsupport.RawConnection;
import dev.assay.testsupport.Spellings;
import dev.assay.testsupport.TestPlatform;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;

/** A link shows one run to anybody, until it is revoked, and opens nothing else. */
@GatewayTest
class RunLinkTests {

    private static final List<String> METHODS = List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "X");

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient jdbc;

    private final String team = "sharers of " + UUID.randomUUID();
    private final String run = UUID.randomUUID().toString();
    private final String timeline = "/v2/trace/" + run + "/timeline";
    private final String links = "/v2/trace/" + run + "/links";
    private Client member;

    @BeforeEach
    void member() {
        FakeServices.reset();
        member = new Client(port).ofTeam(team);
    }

    @Test
    void whoHasALinkReadsTheRunAsAViewerOfItsTeam() {
        var link = made("{}");

        assertThat(new Client(port).bearer(secret(link)).get(timeline + "?limit=5").status()).isEqualTo(200);

        var passed = FakeServices.TRACE.last();
        assertThat(passed.uri()).isEqualTo(timeline + "?limit=5");
        var caller = new InternalTokens(TestPlatform.signatures(Party.service("trace-service"))).verify(passed.header("Authorization").substring("Bearer ".length())).orElseThrow();
        assertThat(caller.role()).isEqualTo(Role.VIEWER);
        assertThat(caller.user().value()).as("nobody").isEqualTo(new UUID(0, 0));
        assertThat(caller.team().toString()).isEqualTo(member.get("/v2/auth/me").json().path("team_id").stringValue());
        assertThat(new Client(port).bearer(secret(link)).get("/v2/trace/" + run + "/grade").status()).as("let in; nobody is there in these tests").isEqualTo(503);
    }

    @Test
    void nothingElseOpensByAnyMethodOrSpelling() {
        var key = "Bearer " + secret(made("{}"));
        FakeServices.TRACE.seen.clear();
        FakeServices.JOB.seen.clear();
        var other = UUID.randomUUID().toString();
        var elsewhere = Stream.of(
                "/v2/trace/RUN", "/v2/trace/RUN/events", "/v2/trace/RUN/live", "/v2/trace/RUN/transitions", "/v2/trace/RUN/spans", "/v2/trace/RUN/rerun",
                "/v2/trace/RUN/enter", "/v2/trace/RUN/exit", "/v2/trace/RUN/steps/export", "/v2/trace/RUN/links", "/v2/trace/RUN/timeline/x",
                "/v2/jobs", "/v2/jobs/RUN", "/v2/jobs/RUN/traces", "/v2/jobs/RUN/live", "/v2/jobs/RUN/steps/export", "/v2/auth/me", "/v2/keys", "/v2/usage",
                "/v2/retention", "/v2/audit", "/v3/api-docs", "/v2/admin/keys", "/inference/models", "/inference/chat/completions", "/otlp/v1/traces",
                "/telemetry/v3/api/trace/RUN/telemetry-upload", "/runtime/sessions", "/rl/v1/models/RUN/train/losses", "/actuator/metrics")
                .map(path -> path.replace("RUN", run));
        var others = Stream.of("timeline", "grade").map(what -> "/v2/trace/" + other + "/" + what);
        var softly = new SoftAssertions();
        Stream.concat(elsewhere, others).forEach(path -> METHODS.forEach(method -> refused(softly, method, path, key)));
        METHODS.stream().filter(method -> !method.equals("GET")).forEach(method -> refused(softly, method, timeline, key));
        Spellings.of(timeline).forEach(spelling -> refused(softly, "GET", spelling, key));
        softly.assertAll();
        assertThat(FakeServices.TRACE.seen).isEmpty();
        assertThat(FakeServices.JOB.seen).isEmpty();
    }

    private void refused(SoftAssertions softly, String method, String path, String key) {
        var answer = RawConnection.tell(port, method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: " + key + "\r\nContent-Length: 0\r\n\r\n");
        softly.assertThat(Integer.parseInt(answer.split(" ")[1])).as("%s %s", method, path).isBetween(400, 501);
    }

    @Test
    void aLinkThatWasRevokedOrHasEndedOpensNothing() {
        var revoked = made("{}");
        var ended = made("{\"expires_at\": \"2999-01-01T00:00:00Z\"}");
        for (var link : List.of(revoked, ended)) {
            assertThat(new Client(port).bearer(secret(link)).get(timeline).status()).isEqualTo(200);
        }
        assertThat(member.delete(links + "/" + id(revoked)).status()).isEqualTo(204);
        assertThat(member.delete(links + "/" + id(revoked)).status()).as("once more").isEqualTo(204);
        jdbc.sql("update run_links set expires_at = :now where id = :id")
                .param("now", Timestamp.from(Instant.now().minusSeconds(1))).param("id", UUID.fromString(id(ended))).update();

        for (var link : List.of(revoked, ended)) {
            await().untilAsserted(() -> {
                var answer = new Client(port).bearer(secret(link)).get(timeline);
                assertThat(answer.status()).isEqualTo(401);
                assertThat(answer.detail()).startsWith("This link opens nothing here");
            });
        }
        assertThat(member.get(links).json().path("items")).singleElement()
                .satisfies(item -> assertThat(item.path("expired").booleanValue()).isTrue());
        assertThat(new Client(port).bearer("asl_" + "x".repeat(43)).get(timeline).status()).as("made up").isEqualTo(401);
    }

    @Test
    void ofALinkOnlyAHashIsKeptAndWhoMadeAndRevokedItIsTakenDown() {
        var link = made("{}");
        assertThat(jdbc.sql("select row_to_json(run_links)::text from run_links where id = :id").param("id", UUID.fromString(id(link))).query(String.class).single())
                .doesNotContain(secret(link));
        assertThat(member.get(links).text()).doesNotContain(secret(link)).contains(id(link));
        assertThat(link.path("url").stringValue()).contains("/shared/" + run + "#asl_");
        member.delete(links + "/" + id(link));
        var entries = jdbc.sql("select action || ' ' || coalesce(after, before)::text from audit where object_kind = 'link' and object_id = :id order by id")
                .param("id", id(link)).query(String.class).list();
        assertThat(entries).hasSize(2).noneMatch(entry -> entry.contains(secret(link))).allMatch(entry -> entry.contains(run));
        assertThat(entries.getFirst()).startsWith("link.make");
        assertThat(entries.getLast()).startsWith("link.revoke");
    }

    @Test
    void whatIsAnothersIsNotSharedAndWhatCannotBeReadIsRefusedByItsName() {
        FakeServices.JOB.on("GET /v2/trace/" + run, 404, "{}");
        assertThat(member.post(links, "{}").status()).isEqualTo(404);
        FakeServices.JOB.on("GET /v2/trace/" + run, 503, "{}");
        assertThat(member.post(links, "{}").status()).isEqualTo(503);
        FakeServices.JOB.on("GET /v2/trace/" + run, 200, "{}");
        var link = made("{}");
        assertThat(new Client(port).ofTeam("strangers").delete(links + "/" + id(link)).status()).isEqualTo(404);
        assertThat(member.delete("/v2/trace/" + UUID.randomUUID() + "/links/" + id(link)).status()).isEqualTo(404);
        assertThat(member.post(links, "{\"expires_at\": \"tomorrow\"}").detail()).startsWith("expires_at:");
        assertThat(member.post(links, "{\"expires_at\": \"2020-01-01T00:00:00Z\"}").detail()).startsWith("expires_at: is in the past");
        assertThat(new Client(port).bearer(secret(link)).get(timeline).status()).isEqualTo(200);
    }

    private JsonNode made(String body) {
        var answer = member.post(links, body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        return answer.json();
    }

    private static String secret(JsonNode link) {
        return link.path("url").stringValue().replaceAll(".*#", "");
    }

    private static String id(JsonNode link) {
        return link.path("id").stringValue();
    }
}
