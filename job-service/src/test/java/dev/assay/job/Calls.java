// SPDX-License-Identifier: Apache-2.0

package dev.assay.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.testsupport.Tokens;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls the running service as a member of a team or as a worker. */
@Component
public class Calls {

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Environment environment;
    private final JsonMapper json;

    Calls(Environment environment, JsonMapper json) {
        this.environment = environment;
        this.json = json;
    }

    /** An answer: its status, and its body as JSON (missing if there is none). */
    public record Reply(int status, JsonNode body) {

        public Reply expect(int expected) {
            assertThat(status).as("%s", body).isEqualTo(expected);
            return this;
        }

        /** Of an answer with leases the first; 204 if there is none. */
        public Reply first() {
            var leases = body.path("leases");
            return status != 200 ? this : leases.isEmpty() ? new Reply(204, leases) : new Reply(200, leases.get(0));
        }

        public String text(String field) {
            return body.path(field).asString("");
        }
    }

    public Reply get(TeamId team, String path) {
        return send(member(team), "GET", path, null);
    }

    /** With a header beside. */
    public Reply get(TeamId team, String path, String header, String value) {
        return reply(exchange(member(team), "GET", path, HttpRequest.BodyPublishers.noBody(), header, value));
    }

    public Reply post(TeamId team, String path, String body) {
        return send(member(team), "POST", path, body);
    }

    /** With a header beside. */
    public Reply post(TeamId team, String path, String body, String header, String value) {
        return reply(exchange(member(team), "POST", path, HttpRequest.BodyPublishers.ofString(body), header, value));
    }

    public Reply delete(TeamId team, String path) {
        return send(member(team), "DELETE", path, null);
    }

    public Reply work(String worker, String path, String body) {
        return send(Tokens.worker(worker), "POST", path, body);
    }

    public Reply ask(String path) {
        return send(Tokens.service(), "GET", path, null);
    }

    public Reply ask(String path, String body) {
        return send(Tokens.service(), "POST", path, body);
    }

    /** Calls with any credential, {@code Bearer …}. */
    public Reply as(String credential, String method, String path, String body) {
        return send(credential, method, path, body);
    }

    /** Submits a run and returns its id. */
    public RunId submit(TeamId team, UUID job) {
        var run = new RunId(UUID.randomUUID());
        post(team, "/v2/rollouts/submit", submission(run, job)).expect(201);
        return run;
    }

    public static String submission(RunId run, UUID job) {
        return """
                {"trace_id": "%s", "job_id": "%s", "env": "My_Letters", "task": "count", "slug": "count-1",
                 "args": {"word": "straw\\u0000berry"},
                 "agent": {"type": "openai_compatible", "config": {"model": "scripted/letters", "max_steps": 3}}, "group_id": "g1"}"""
                .formatted(run, job);
    }

    public Reply lease(String worker) {
        return work(worker, "/internal/leases", "{\"free\": 1, \"waitMillis\": 0}").first();
    }

    /** Renews one lease: 409 if it is lost, or else whether the run is to be cancelled. */
    public Reply renew(RunId run, String worker, int attempt, String phase) {
        return renew(run, worker, "\"attempt\": %d, \"phase\": \"%s\"".formatted(attempt, phase));
    }

    /** The same with whatever else is to be told of it. */
    public Reply renew(RunId run, String worker, String told) {
        var renewed = work(worker, "/internal/leases/renew", "{\"leases\": [{\"run\": \"%s\", %s}]}".formatted(run, told));
        if (renewed.status() != 200) {
            return renewed;
        }
        var answer = json.createObjectNode()
                .put("ttlMillis", renewed.body().path("ttlMillis").asLong())
                .put("cancel", !renewed.body().path("cancel").isEmpty());
        return new Reply(renewed.body().path("lost").isEmpty() ? 200 : 409, answer);
    }

    public Reply outcome(RunId run, String worker, int attempt, String status, String evaluation) {
        return work(
                worker,
                "/internal/leases/" + run + "/outcome",
                """
                {"attempt": %d, "status": "%s", "stopReason": "done", "evaluation": %s, "error": null,
                 "environmentVersion": 7,
                 "timings": {"provision": 5, "agent": 12}}"""
                        .formatted(attempt, status, evaluation));
    }

    /** One of the outcomes that are told together. */
    public static String ended(RunId run, int attempt, String status) {
        return "{\"run\": \"%s\", \"outcome\": {\"attempt\": %d, \"status\": \"%s\", \"evaluation\": {\"score\": 1}}}".formatted(run, attempt, status);
    }

    public static String together(String... ended) {
        return "{\"outcomes\": [" + String.join(", ", ended) + "]}";
    }

    /** Gives the lease back; the failure as JSON. */
    public Reply release(RunId run, String worker, int attempt, String failure) {
        return work(worker, "/internal/leases/" + run + "/release", "{\"attempt\": %d, \"failure\": %s}".formatted(attempt, failure));
    }

    public Reply trace(TeamId team, RunId run) {
        return get(team, "/v2/trace/" + run).expect(200);
    }

    public String status(TeamId team, RunId run) {
        return trace(team, run).text("status");
    }

    /** Cancels a run and returns what became of it. */
    public String cancel(TeamId team, RunId run) {
        return post(team, "/v2/rollouts/cancel", "{\"trace_id\": \"" + run.hex() + "\"}").expect(200).text("status");
    }

    private String member(TeamId team) {
        return Tokens.member(team);
    }

    /** Sends a body without saying how long it is. */
    public int postUnmeasured(TeamId team, String path, String body) {
        var stream = HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)));
        return exchange(member(team), "POST", path, stream).statusCode();
    }

    /** The service's metrics. */
    public String metrics() {
        return text(Tokens.service(), "GET", "/actuator/prometheus", null).body();
    }

    private Reply send(String token, String method, String path, String body) {
        return reply(text(token, method, path, body));
    }

    private Reply reply(HttpResponse<String> response) {
        return new Reply(response.statusCode(), response.body().isEmpty() ? json.missingNode() : json.readTree(response.body()));
    }

    private HttpResponse<String> text(String token, String method, String path, String body) {
        return exchange(
                token, method, path, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
    }

    private HttpResponse<String> exchange(String token, String method, String path, HttpRequest.BodyPublisher body, String... headers) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + environment.getProperty("local.server.port") + path))
                .header("Authorization", token)
                .header("Content-Type", "application/json")
                .method(method, body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
