// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Speaks to the gateway under test over real HTTP. */
public record Client(int port, String... headers) {

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final JsonMapper JSON = JsonMapper.shared();

    /** An answer. */
    public record Answer(int status, HttpResponse<String> response) {
        public String text() {
            return response.body();
        }

        public JsonNode json() {
            return JSON.readTree(response.body());
        }

        public String detail() {
            return json().path("detail").asString("");
        }

        public String header(String name) {
            return response.headers().firstValue(name).orElse(null);
        }
    }

    public Client with(String... headers) {
        return new Client(port, headers);
    }

    /** As whoever holds the key. */
    public Client bearer(String key) {
        return with("Authorization", "Bearer " + key);
    }

    /** As a new user of a team, with a key made for this. */
    public Client ofTeam(String team) {
        return bearer(newKey(team, "tester").path("key").asString());
    }

    public JsonNode newKey(String team, String name) {
        var answer = bearer(FakeServices.ADMIN_TOKEN)
                .post("/v2/admin/keys", "{\"team\": \"" + team + "\", \"name\": \"" + name + "\"}");
        if (answer.status() != 201) {
            throw new AssertionError(answer.text());
        }
        return answer.json();
    }

    public Answer get(String path) {
        return send("GET", path, BodyPublishers.noBody());
    }

    public Answer delete(String path) {
        return send("DELETE", path, BodyPublishers.noBody());
    }

    public Answer post(String path, String json) {
        return send("POST", path, BodyPublishers.ofString(json), "Content-Type", "application/json");
    }

    public Answer send(String method, String path, BodyPublisher body, String... more) {
        try {
            var request = request(path).method(method, body);
            if (more.length > 0) {
                request.headers(more);
            }
            var response = HTTP.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response);
        } catch (Exception e) {
            throw new AssertionError(method + " " + path, e);
        }
    }

    public HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return request;
    }
}
