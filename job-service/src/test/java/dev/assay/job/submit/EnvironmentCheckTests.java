// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.submit;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.job.Calls;
import dev.assay.job.RunningJobService;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Against a fake environment-service that has one environment, with one task. */
@RunningJobService
class EnvironmentCheckTests {

    static final String VERSION = UUID.randomUUID().toString();
    static final HttpServer FAKE = fake();

    @Autowired
    Calls calls;

    final TeamId team = TeamId.random();
    final String body = Calls.submission(new RunId(UUID.randomUUID()), UUID.randomUUID());

    @DynamicPropertySource
    static void address(DynamicPropertyRegistry properties) {
        properties.add("assay.environment-url", () -> "http://127.0.0.1:" + FAKE.getAddress().getPort());
    }

    @AfterAll
    static void stop() {
        FAKE.stop(0);
    }

    @Test
    void anEnvironmentThatIsNotThereIsRefusedByName() {
        assertThat(calls.post(team, "/v2/rollouts/submit", body.replace("My_Letters", "nowhere")).expect(400).text("detail"))
                .startsWith("env:")
                .contains("'nowhere'");
    }

    @Test
    void aTaskThatIsNotThereIsRefusedByName() {
        var misspelt = body.replace("\"task\": \"count\"", "\"task\": \"cuont\"");
        assertThat(calls.post(team, "/v2/rollouts/submit", misspelt).expect(400).text("detail"))
                .startsWith("task:")
                .contains("'cuont'");
        calls.post(team, "/v2/rollouts/submit", body).expect(201);
    }

    @Test
    void anArgumentThatTheTaskDoesNotTakeIsRefusedByName() {
        var misspelt = body.replace("\"word\":", "\"wurd\":");
        assertThat(misspelt).contains("wurd");
        assertThat(calls.post(team, "/v2/rollouts/submit", misspelt).expect(400).text("detail")).startsWith("args.wurd:").contains("'count'");
        calls.post(team, "/v2/rollouts/submit", misspelt.replace("\"task\": \"count\"", "\"task\": \"open\"")).expect(201);
    }

    @Test
    void anAgentOfAnUnknownTypeIsRefusedByName() {
        assertThat(calls.post(team, "/v2/rollouts/submit", body.replace("openai_compatible", "mind-reader")).expect(400).text("detail"))
                .startsWith("agent.type:")
                .contains("'mind-reader'");
    }

    @Test
    void whatTheNameStandsForIsSettledWhenTheRunIsSubmitted() {
        var run = submit(body);
        assertThat(calls.get(team, "/v2/trace/" + run).body().path("environment_version").asInt()).isEqualTo(1);
        assertThat(lease(run).text("version")).isEqualTo(VERSION);
        calls.work("w", "/internal/leases/" + run + "/release", "{\"attempt\": 1, \"failure\": null}").expect(204);
        assertThat(lease(run).text("version")).isEqualTo(VERSION);
    }

    @Test
    void theEnvironmentsOwnTimeLimitHoldsUnlessTheRunNamesOne() {
        var usual = submit(body);
        assertThat(lease(usual).body().path("runTimeoutMillis").asLong()).isEqualTo(77_000);
        var own = submit(body.replace("\"group_id\"", "\"runtime_config\": {\"limits\": {\"run_timeout_s\": 5}}, \"group_id\"")
                .replaceFirst("\"trace_id\": \"[^\"]*\"", "\"trace_id\": \"" + UUID.randomUUID() + "\""));
        assertThat(lease(own).body().path("runTimeoutMillis").asLong()).isEqualTo(5_000);
    }

    private String submit(String what) {
        return calls.post(team, "/v2/rollouts/submit", what).expect(201).text("trace_id");
    }

    private Calls.Reply lease(String run) {
        var lease = calls.lease("w").expect(200);
        assertThat(lease.text("run")).isEqualTo(run);
        return lease;
    }

    private static HttpServer fake() {
        try {
            var server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
            server.createContext("/internal/environments/resolve", exchange -> {
                var found = exchange.getRequestURI().getQuery().contains("name=My_Letters");
                var answer = """
                        {"environmentId": "%s", "versionId": "%s", "environment": "my-letters", "declaredName": "My_Letters", "number": 1,
                         "contextSha256": "00", "environmentVariables": {}, "runtimeConfig": {"limits": {"run_timeout_s": 77}},
                         "manifest": {"env": {"name": "My_Letters"}, "tasks": [
                           {"id": "count", "args": {"properties": {"word": {}, "letter": {}}, "additionalProperties": false}},
                           {"id": "open", "args": {"properties": {}, "additionalProperties": true}}], "capabilities": []}}"""
                        .formatted(UUID.randomUUID(), VERSION)
                        .getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().add("Content-Type", "application/json");
                exchange.sendResponseHeaders(found ? 200 : 404, answer.length);
                exchange.getResponseBody().write(answer);
                exchange.close();
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
