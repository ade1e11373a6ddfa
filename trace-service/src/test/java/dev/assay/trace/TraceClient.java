// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace;

import dev.assay.contracts.TeamId;
import dev.assay.sdk.protocol.Json;
import dev.assay.testsupport.Tokens;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPOutputStream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;
import tools.jackson.databind.JsonNode;

/** Speaks with the service as a member of a team, as the gateway lets them. */
public final class TraceClient {

    private final RestTestClient client;

    public TraceClient(int port, TeamId team) {
        this(port, Tokens.member(team));
    }

    /** @param credential {@code Bearer …} */
    public TraceClient(int port, String credential) {
        client = RestTestClient.bindToServer()
                .baseUrl("http://127.0.0.1:" + port)
                .defaultHeader(HttpHeaders.AUTHORIZATION, credential)
                .build();
    }

    public RestTestClient.ResponseSpec upload(String run, String body) {
        return client.post().uri("/telemetry/trace/{run}/telemetry-upload", run).contentType(MediaType.APPLICATION_JSON).body(body).exchange();
    }

    public RestTestClient.ResponseSpec uploadCompressed(String run, String body) throws IOException {
        var compressed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(compressed)) {
            gzip.write(body.getBytes(StandardCharsets.UTF_8));
        }
        return client.post()
                .uri("/telemetry/trace/{run}/telemetry-upload", run)
                .contentType(MediaType.APPLICATION_JSON)
                .header(HttpHeaders.CONTENT_ENCODING, "gzip")
                .body(compressed.toByteArray())
                .exchange();
    }

    /** What is said to an upload of which not everything was taken as it came. */
    public JsonNode answer(String run, String body) {
        return upload(run, body).expectStatus().isOk().returnResult(JsonNode.class).getResponseBody();
    }

    /** Uploads spans and wants them taken. */
    public void send(String run, JsonNode... spans) {
        var telemetry = Json.array();
        telemetry.addAll(java.util.List.of(spans));
        upload(run, Json.object().set("telemetry", telemetry).toString()).expectStatus().isNoContent();
    }

    /** Why an upload is refused. */
    public String refusal(String run, String body, int status) {
        return upload(run, body).expectStatus().isEqualTo(status).returnResult(JsonNode.class).getResponseBody().path("detail").asString();
    }

    public RestTestClient.ResponseSpec post(String path, Object... variables) {
        return client.post().uri(path, variables).exchange();
    }

    public RestTestClient.ResponseSpec get(String path, Object... variables) {
        return client.get().uri(path, variables).exchange();
    }

    public JsonNode json(String path, Object... variables) {
        return get(path, variables).expectStatus().isOk().returnResult(JsonNode.class).getResponseBody();
    }

    public JsonNode events(String run) {
        return json("/v2/trace/{run}/events", run).path("events");
    }

    public JsonNode timeline(String run) {
        return json("/v2/trace/{run}/timeline", run);
    }

    public RestTestClient.ResponseSpec put(String path, JsonNode body) {
        return client.put().uri(path).contentType(MediaType.APPLICATION_JSON).body(body.toString()).exchange();
    }

    public RestTestClient.ResponseSpec delete(String path, Object... variables) {
        return client.delete().uri(path, variables).exchange();
    }
}
