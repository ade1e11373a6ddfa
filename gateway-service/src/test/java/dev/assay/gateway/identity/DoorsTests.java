// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.UserId;
import dev.assay.gateway.Client;
import dev.assay.gateway.FakeService;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Role;
import dev.assay.kit.identity.RunKeys;
import dev.assay.testsupport.RawConnection;
import dev.assay.testsupport.Spellings;
import dev.assay.testsupport.TestPlatform;
import dev.assay.testsupport.Tokens;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.web.FilterChainProxy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Every handler of the gateway's own, by every method, in every spelling, with every kind of key: only those it is meant for get in. */
@GatewayTest
class DoorsTests {

    private static final List<String> METHODS = 
            List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "X");
    private static final Set<String> PAGES = Set.of(
            "/", "/jobs", "/jobs/{id}", "/runs", "/trace/{id}", "/shared/{id}", "/tasksets", "/tasksets/{id}", "/tasksets/{id}/imports", "/environments",
            "/environments/{id}", "/models", "/models/{id}", "/upstreams", "/playground", "/usage", "/people", "/workers", "/audit", "/settings",
            "/docs", "/inference", "/inference/");
    private static final String BODY = "{\"team\": \"burglars\", \"name\": \"x\", \"model\": \"m\", \"messages\": [{\"role\": \"user\"}]}";

    @LocalServerPort
    int port;

    @Autowired
    JdbcClient jdbc;

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    RequestMappingHandlerMapping handlers;

    @Autowired
    @Qualifier("doorsOfTheGateway")
    SecurityFilterChain doors;

    private String key;
    private String keyId;
    private Map<String, String> keys;

    /** Through the doors, without the server before them, which would take as long as the pace allows. */
    @Test
    void whoIsLetInIsHeldToAPaceAndItsRunsGoOn() throws Exception {
        var answer = through("GET", "/v2/jobs");
        for (var sent = 1; answer.getStatus() == 200 && sent < 50_000; sent++) {
            answer = through("GET", "/v2/jobs");
        }
        assertThat(answer.getStatus()).isEqualTo(429);
        assertThat(answer.getHeader("Retry-After")).isEqualTo("1");
        for (var path : List.of("/v2/rollouts/submit", "/runtime/sessions", "/telemetry/v3/api/trace/" + UUID.randomUUID() + "/telemetry-upload")) {
            assertThat(through("POST", path).getStatus()).as(path).isEqualTo(200);
        }
        assertThat(through("GET", "/v2/trace/" + UUID.randomUUID()).getStatus()).isEqualTo(200);
    }

    private MockHttpServletResponse through(String method, String path) throws Exception {
        var request = new MockHttpServletRequest(method, path);
        request.addHeader("Authorization", "Bearer " + key);
        var answer = new MockHttpServletResponse();
        new FilterChainProxy(doors).doFilter(request, answer, new MockFilterChain());
        return answer;
    }

    @BeforeEach
    void keys() {
        FakeServices.reset();
        var made = new Client(port).newKey("residents", "r");
        key = made.path("key").asString();
        keyId = made.path("id").asString();
        keys = new LinkedHashMap<>();
        keys.put("nobody", "");
        keys.put("a made-up key", "ask_" + "x".repeat(43));
        keys.put("another team", new Client(port).newKey("strangers", "s").path("key").asString());
        var run = new RunKeys.RunKey(TeamId.random(), new RunId(UUID.randomUUID()), 1, "scripted/echo");
        keys.put("a run", Tokens.runKey(run, Instant.parse("2999-01-01T00:00:00Z")));
        keys.put("a member", key);
    }

    @Test
    void noUnusualSpellingOfAnyHandlersPathReachesItWhoeverAsks() {
        var softly = new SoftAssertions();
        var walked = new ArrayList<String>();
        for (var path : paths().toList()) {
            for (var spelling : Spellings.of(path.replace("{*id}", "x").replace("{id}", keyId).replace("{name}", "n").replace("{job}", keyId).replace("{link}", keyId))) {
                for (var method : METHODS) {
                    keys.forEach((who, with) -> {
                        var answer = ask(method, spelling, with);
                        walked.add(answer);
                        softly.assertThat(status(answer)).as("%s %s by %s: %s", method, spelling, who, answer).isBetween(400, 499);
                    });
                }
            }
        }
        softly.assertAll();
        assertThat(walked).hasSizeGreaterThan(5_000);
        assertThat(madeKeysOf("burglars")).isZero();
        assertThat(new Client(port).bearer(key).get("/v2/auth/me").status()).isEqualTo(200);
        assertThat(FakeServices.JOB.seen).isEmpty();
    }

    @Test
    void withoutAFittingKeyNoMethodOfAnyHandlerAnswersWell() {
        var softly = new SoftAssertions();
        paths().filter(path -> !PAGES.contains(path) && !path.endsWith("/sdk-events/cli") && !path.equals("/v2/auth/ways")).forEach(path -> {
            var filled = path.replace("{*id}", "x").replace("{id}", keyId).replace("{name}", "n").replace("{job}", keyId).replace("{link}", keyId);
            for (var method : METHODS) {
                keys.forEach((who, with) -> {
                    var fits = switch (who) {
                        case "a member", "another team" -> !path.startsWith("/v2/admin") && !path.startsWith("/actuator");
                        case "a run" -> path.startsWith("/inference");
                        default -> false;
                    };
                    if (fits) {
                        return;
                    }
                    var answer = ask(method, filled, with);
                    softly.assertThat(status(answer)).as("%s %s by %s: %s", method, path, who, answer).isIn(401, 403, 404, 405, 501);
                });
            }
        });
        softly.assertAll();
        assertThat(madeKeysOf("burglars")).isZero();
    }

    @Test
    void aRunsKeyGoesToModelsAndItsOwnSpansAndNowhereElse() {
        var softly = new SoftAssertions();
        FakeServices.JOB.on("GET /internal/runs/0f8fad5b-d9cb-469f-a165-70867728950e/nested", 200, "{\"nested\": false}");
        for (var path : List.of(
                "/v2/projects", "/v2/builds/upload-url", "/v2/builds/1/status", "/v2/registry/1/variables/X", "/v2/tasksets",
                "/v2/tasksets/by-name/a%2Fb", "/v2/tasks/upload",
                "/v2/trace/1/enter/", "/v2/trace//enter", "/v2/trace/%31/enter", "/v2/trace/1;x/enter", "/v2/trace/../trace/1/enter", "/v2/trace/job/1/exit", "/v2/trace/1/2/enter",
                "/v2/trace/1", "/v2/trace/1/events", "/v2/trace/1/timeline", "/v2/trace/1/grade", "/v2/jobs", "/v2/jobs/1/groups",
                "/v2/jobs/1/statistics", "/v2/jobs/1/gate", "/v2/tasksets/1/leaderboard", "/v2/usage",
                "/v2/rollouts/submit", "/v2/rollouts/cancel", "/runtime/sessions", "/runtime/sessions/1", "/v2/models", "/v2/models/1/head",
                "/v2/keys", "/v2/auth/me", "/telemetry/v3/api/trace/0f8fad5b-d9cb-469f-a165-70867728950e/telemetry-upload",
                "/telemetry/v3/api/other", "/v3/api-docs")) {
            for (var method : METHODS) {
                var answer = ask(method, path, keys.get("a run"));
                softly.assertThat(status(answer)).as("%s %s: %s", method, path, answer).isIn(400, 403, 404, 405);
            }
        }
        softly.assertAll();
        assertThat(Stream.of(FakeServices.ENVIRONMENT, FakeServices.JOB, FakeServices.TRACE, FakeServices.TRAINING)
                        .flatMap(service -> service.seen.stream().map(FakeService.Seen::uri)))
                .allMatch(uri -> uri.startsWith("/internal/runs/0f8fad5b-d9cb-469f-a165-70867728950e/nested"));
    }

    @Test
    void aServiceAsksWhatATeamsCallsCostAndNothingElse() {
        var caller = new Caller(TeamId.random(), new UserId(new UUID(0, 0)), Role.SERVICE);
        var grading = new InternalTokens(TestPlatform.signatures(Party.service("grading-service")));
        var service = grading.mint(caller, "gateway-service");
        assertThat(ask("GET", "/v2/usage?by=job", service)).startsWith("HTTP/1.1 200").endsWith("{\"items\":[],\"more\":false}");
        for (var path : List.of("/v2/usage/", "/v2/calls", "/v2/jobs", "/v2/budgets", "/v2/keys", "/v2/admin/keys", "/inference/v1/models")) {
            assertThat(status(ask("GET", path, service))).as(path).isIn(401, 403, 404);
        }
        assertThat(status(ask("POST", "/v2/usage", service))).isIn(401, 403, 405);
        assertThat(status(ask("GET", "/v2/usage", grading.mint(caller, "job-service")))).as("made out to another").isEqualTo(401);
        var member = grading.mint(new Caller(TeamId.random(), new UserId(new UUID(0, 0)), Role.MEMBER), "gateway-service");
        assertThat(status(ask("GET", "/v2/usage", member))).as("a service speaks for no people").isEqualTo(401);
        var worker = new InternalTokens(TestPlatform.signatures(Party.worker("worker", "w"))).mint(caller, "gateway-service");
        assertThat(status(ask("GET", "/v2/usage", worker))).as("a worker is no service").isEqualTo(401);
    }

    /** What it tells of which run job-service looks at. */
    @Test
    void aRunsKeyComesToWhereBeginningsAndEndsAreToldAndOnlyTellsThere() {
        var told = List.of("/v2/trace/job/1/enter", "/v2/trace/1/enter", "/v2/trace/1/exit");
        for (var path : told) {
            for (var method : METHODS) {
                var answer = ask(method, path, keys.get("a run"));
                assertThat(status(answer)).as("%s %s: %s", method, path, answer).isIn(method.equals("POST") ? List.of(200) : List.of(403, 404, 405));
            }
        }
        assertThat(FakeServices.JOB.seen).extracting(seen -> seen.method() + " " + seen.uri())
                .containsExactlyElementsOf(told.stream().map(path -> "POST " + path).toList());
    }

    @Test
    void aStrangersKeyRevokesNothingOfOurs() {
        assertThat(status(ask("DELETE", "/v2/keys/" + keyId, keys.get("another team")))).isEqualTo(404);
        assertThat(new Client(port).bearer(key).get("/v2/keys").text()).contains(keyId);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "GET http://elsewhere.example/v2/auth/me HTTP/1.1|Host: elsewhere.example",
        "GET http://127.0.0.1/%762/auth/me HTTP/1.1|Host: 127.0.0.1",
        "GET http://a@127.0.0.1/v2/keys HTTP/1.1|Host: 127.0.0.1", "GET /actuator/health@/../v2/keys HTTP/1.1|Host: x",
        "GET /v2/keys HTTP/1.0|X: y", "GET /v2/keys HTTP/0.9|Host: x", "GET /v2/keys HTTP/2.0|Host: x", "GET  /v2/keys HTTP/1.1|Host: x",
        "GET /v2/keys#/actuator/health HTTP/1.1|Host: x", "GET /actuator/health#/v2/keys HTTP/1.1|Host: x",
        "GET /v2/keys HTTP/1.1|Host: x|Host: y",
        "GET v2/keys HTTP/1.1|Host: x", "GET * HTTP/1.1|Host: x", "CONNECT /v2/keys HTTP/1.1|Host: x",
        "CONNECT 127.0.0.1:22 HTTP/1.1|Host: 127.0.0.1:22", "TRACE /v2/keys HTTP/1.1|Host: x", "get /v2/keys HTTP/1.1|Host: x",
        "GET /v2\\keys HTTP/1.1|Host: x", "GET /v2/keys\t HTTP/1.1|Host: x",
        "GET /v2/\u0000keys HTTP/1.1|Host: x", "GET /\u00e9 HTTP/1.1|Host: x",
        "GET /jobs/../v2/keys HTTP/1.1|Host: x", "GET /assets/..%2f..%2fgateway-service.yml HTTP/1.1|Host: x",
        "GET /docs/assets/%2e%2e/%2e%2e/application.yml HTTP/1.1|Host: x", "GET /assets/..\\gateway-service.yml HTTP/1.1|Host: x",
        "POST /v2/admin/keys HTTP/1.1|Host: x|X-Original-URL: /actuator/health|X-Rewrite-URL: /actuator/health|Content-Length: 0",
        "POST /jobs HTTP/1.1|Host: x|X-HTTP-Method-Override: GET|X-Original-URL: /v2/admin/keys|Content-Length: 0",
        "GET /v2/keys HTTP/1.1|Host: x|X-Forwarded-Prefix: /actuator/health|X-Forwarded-For: 127.0.0.1|Forwarded: for=127.0.0.1",
        "GET /v2/keys HTTP/1.1|Host: x|Authorization: Bearer |Authorization: Bearer x", "GET /v2/keys HTTP/1.1|Host: x|Cookie: key=x",
        "GET /v2/keys?api_key=x HTTP/1.1|Host: x", "GET /v3/api-docs HTTP/1.1|Host: x", "GET /v3/api-docs.yaml HTTP/1.1|Host: x",
        "GET /error HTTP/1.1|Host: x", "GET /login HTTP/1.1|Host: x", "GET /logout HTTP/1.1|Host: x",
        "GET /internal/tunnels/x HTTP/1.1|Host: x",
        "POST /v2/admin/keys HTTP/1.1|Host: x|Transfer-Encoding: chunked|Content-Length: 5||0|"
    })
    void anOddRequestOpensNothing(String request) {
        var lines = request.replaceFirst("\\|", "|Connection: close|").replace("|", "\r\n") + "\r\n\r\n";
        var answer = RawConnection.tell(port, lines);
        assertThat(answer).satisfiesAnyOf(
                nothing -> assertThat(nothing).isEmpty(),
                refused -> assertThat(refused)
                        .matches("(?s)HTTP/1.1 (400|401|404|405|501|505) .*application/problem\\+json.*\"detail\".*"));
        assertThat(answer).doesNotContain("\"items\"", "hint", "assay:");
    }

    @Test
    void aRefusalSaysWhyAsAProblem() {
        var answer = ask("POST", "/%762/admin/keys", "");
        assertThat(answer).startsWith("HTTP/1.1 400").contains("application/problem+json", "path: spells 'v' as %76");
        assertThat(ask("GET", "/v2\\keys", "")).startsWith("HTTP/1.1 400").contains("application/problem+json", "a backslash");
        assertThat(ask("GET", "/v2/keys", "")).startsWith("HTTP/1.1 401").contains("WWW-Authenticate: Bearer", "application/problem+json");
        assertThat(ask("GET", "/nowhere", "")).startsWith("HTTP/1.1 404").contains("application/problem+json");
    }

    @Test
    void aBodyIsNotReadForWhoMayNotSendIt() {
        var huge = RawConnection.tell(port, "POST /inference/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 64000000\r\n\r\n{");
        assertThat(huge).startsWith("HTTP/1.1 401").contains("invalid_api_key");
    }

    private Stream<String> paths() {
        return Stream.concat(
                handlers.getHandlerMethods().keySet().stream()
                        .flatMap(mapping -> mapping.getPatternValues().stream())
                        .filter(path -> !path.contains("**") && !path.equals("/error")),
                Stream.of(
                        "/actuator/prometheus", "/actuator", "/runtime/tunnels/{id}", "/runtime/sessions/{id}", "/v2/jobs", "/rl/x",
                        "/telemetry/x"));
    }

    private String ask(String method, String path, String with) {
        var authorization = with.isEmpty() ? "" : "Authorization: Bearer " + with + "\r\n";
        return RawConnection.tell(port, method + " " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + authorization
                + "Content-Type: application/json\r\nContent-Length: " + BODY.length() + "\r\n\r\n" + BODY);
    }

    private static int status(String answer) {
        return answer.startsWith("HTTP/1.1 ") ? Integer.parseInt(answer.substring(9, 12)) : 0;
    }

    private int madeKeysOf(String team) {
        return jdbc.sql("select count(*) from gateway.api_keys join gateway.teams on teams.id = team_id where teams.name = ?").param(team)
                .query(Integer.class).single();
    }
}
