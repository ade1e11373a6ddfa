// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment;

import dev.assay.contracts.TeamId;
import dev.assay.kit.identity.Role;
import dev.assay.testsupport.Tokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Speaks to the service over HTTP, as one team and as a worker. */
public final class TestClient {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String base;
    private final TeamId team;
    private final Role role;

    public TestClient(int port) {
        this("http://127.0.0.1:" + port, TeamId.random(), Role.MEMBER);
    }

    private TestClient(String base, TeamId team, Role role) {
        this.base = base;
        this.team = team;
        this.role = role;
    }

    public TestClient otherTeam() {
        return new TestClient(base, TeamId.random(), role);
    }

    /** The same user of the same team in another role. */
    public TestClient as(Role other) {
        return new TestClient(base, team, other);
    }

    public TeamId team() {
        return team;
    }

    /** An answer: its status and its text. */
    public record Answer(int status, String text) {

        public JsonNode json() {
            return JSON.readTree(text);
        }

        public String detail() {
            return json().path("detail").asString();
        }
    }

    public Answer get(String path) {
        return send(request(path, Tokens.person(team, role)).GET());
    }

    /** By whoever waits for so many seconds. */
    public Answer getWithin(String seconds, String path) {
        return send(request(path, Tokens.person(team, role)).header("X-Request-Timeout", seconds).GET());
    }

    public Answer post(String path, String body) {
        return send(request(path, Tokens.person(team, role)).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    public Answer delete(String path) {
        return send(request(path, Tokens.person(team, role)).DELETE());
    }

    public Answer post(String path) {
        return send(request(path, Tokens.person(team, role)).POST(BodyPublishers.noBody()));
    }

    public Answer upload(String address, byte[] content) {
        return send(HttpRequest.newBuilder(URI.create(address))
                .header("Authorization", Tokens.grant())
                .header("Content-Type", "application/gzip")
                .PUT(BodyPublishers.ofByteArray(content)));
    }

    public Answer workerGet(String path) {
        return send(request(path, Tokens.worker()).GET());
    }

    public byte[] workerGetBytes(String path) {
        return exchange(request(path, Tokens.worker()).GET());
    }

    /** Asks with any credential; empty: with none. */
    public Answer as(String credential, String path) {
        var request = HttpRequest.newBuilder(URI.create(base + path)).GET();
        return send(credential.isEmpty() ? request : request.header("Authorization", credential));
    }

    /** From now on {@link Tokens#worker()} holds a run of that environment. */
    public void hold(String environment) {
        FakeJobs.hold("w", team, environment);
    }

    public Answer workerPost(String path, String body) {
        return workerPost("w", path, body);
    }

    public Answer workerPost(String worker, String path, String body) {
        return send(request(path, Tokens.worker(worker)).header("Content-Type", "application/json").POST(BodyPublishers.ofString(body)));
    }

    /** Uploads the context and triggers the build of that name. */
    public String trigger(String name, byte[] context) {
        var address = post("/v2/builds/upload-url").json();
        upload(address.path("upload_url").stringValue(), context);
        var build = address.path("build_id").stringValue();
        post("/v2/builds/trigger", "{\"source\":\"direct\",\"no_cache\":false,\"build_id\":\"" + build + "\",\"name\":" + JSON.writeValueAsString(name) + "}");
        return build;
    }

    /** Does what a worker does until this build is done, with this manifest. */
    public void build(String build, String manifest) {
        succeed(lease(build), manifest);
    }

    /** Does what a worker does until it has this build; what others left comes before it, in whatever order. */
    public JsonNode lease(String build) {
        for (Answer answer; (answer = workerPost("/internal/builds/leases", "{\"waitMillis\":0}")).status() == 200; ) {
            var lease = answer.json();
            if (lease.path("build").stringValue().equals(build)) {
                return lease;
            }
            succeed(lease, "{}");
        }
        throw new IllegalStateException("build " + build + " was not in the queue");
    }

    private void succeed(JsonNode lease, String manifest) {
        workerPost(
                "/internal/builds/" + lease.path("build").stringValue() + "/outcome",
                "{\"attempt\":" + lease.path("attempt").intValue() + ",\"succeeded\":true,\"manifest\":" + manifest + "}");
    }

    /** Uploads, triggers and builds. */
    public String deploy(String name, String manifest) {
        var build = trigger(name, Contexts.small());
        build(build, manifest);
        return build;
    }

    private HttpRequest.Builder request(String path, String authorization) {
        return HttpRequest.newBuilder(URI.create(base + path)).header("Authorization", authorization);
    }

    private Answer send(HttpRequest.Builder request) {
        try {
            var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private byte[] exchange(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()).body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
