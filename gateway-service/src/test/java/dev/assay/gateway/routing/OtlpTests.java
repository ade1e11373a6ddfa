// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedInputStream;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.gateway.Client;
import dev.assay.gateway.FakeService;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Role;
import dev.assay.kit.identity.RunKeys.RunKey;
import dev.assay.testsupport.TestPlatform;
import dev.assay.testsupport.Tokens;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Exports of OpenTelemetry come in, and what is wrong with them goes out as exporters read it. */
@GatewayTest
class OtlpTests {

    private static final String PATH = "/otlp/v1/traces";
    private static final String PROTOBUF = "application/x-protobuf";

    @LocalServerPort
    int port;

    Client member;

    @BeforeEach
    void clean() {
        FakeServices.reset();
        member = new Client(port).ofTeam("exporters");
    }

    @Test
    void anExportPassesUntouchedAndSoDoesItsAnswer() throws Exception {
        FakeServices.TRACE.on("POST " + PATH, (exchange, seen) -> {
            exchange.getResponseHeaders().add("Content-Type", PROTOBUF);
            FakeService.send(exchange, 200, "as it is");
        });

        var answer = post(member, PROTOBUF, "body", "Content-Encoding", "gzip");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains(PROTOBUF);
        assertThat(new String(answer.body())).isEqualTo("as it is");
        assertThat(FakeServices.TRACE.last().text()).isEqualTo("body");
        assertThat(FakeServices.TRACE.last().header("Content-Encoding")).isEqualTo("gzip");
    }

    @Test
    void theKeyOfARunComesInAsThatRun() throws Exception {
        var run = new RunId(UUID.randomUUID());
        var key = Tokens.runKey(new RunKey(TeamId.random(), run, 3, "scripted/echo"), Instant.parse("2999-01-01T00:00:00Z"));

        assertThat(post(new Client(port).bearer(key), PROTOBUF, "").statusCode()).isEqualTo(200);

        var token = FakeServices.TRACE.last().header("Authorization").replace("Bearer ", "");
        var caller = new InternalTokens(TestPlatform.signatures(Party.service("trace-service"))).verify(token).orElseThrow();
        assertThat(caller.role()).isEqualTo(Role.RUN);
        assertThat(caller.run()).isEqualTo(run);
        assertThat(caller.attempt()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"POST, /otlp/v1/logs, 404", "POST, /otlp/v1/metrics, 404", "GET, /otlp/v1/traces, 200", "POST, /otlp, 404"})
    void nothingElseIsThere(String method, String path, int status) {
        // what trace-service has no handler for it refuses itself
        assertThat(member.send(method, path, BodyPublishers.ofString("x"), "Content-Type", PROTOBUF).status()).isEqualTo(status);
        assertThat(new Client(port).send(method, path, BodyPublishers.ofString("x")).status()).isEqualTo(401);
    }

    @Test
    void whoIsNotLetInIsToldSoInTheFormOfTheRequest() throws Exception {
        var stranger = new Client(port).bearer("ask_" + "x".repeat(43));

        var answer = post(stranger, PROTOBUF, "");
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("Content-Type")).contains(PROTOBUF);
        assertThat(message(answer.body())).contains("This API key is not valid here");

        var json = stranger.post(PATH, "{}");
        assertThat(json.status()).isEqualTo(401);
        assertThat(json.header("content-type")).isEqualTo("application/json");
        assertThat(json.json().path("message").asString()).isEqualTo(json.detail()).contains("not valid here");

        var unknown = stranger.send("POST", PATH, BodyPublishers.ofString("x"), "Content-Type", "text/plain");
        assertThat(unknown.header("content-type")).isEqualTo("application/problem+json");
    }

    @Test
    void whatTheServiceRefusesIsToldAsItSaidIt() throws Exception {
        var reason = "body: " + "я".repeat(500);
        FakeServices.TRACE.on("POST " + PATH, (exchange, seen) -> {
            exchange.getResponseHeaders().add("Content-Type", "application/problem+json");
            exchange.getResponseHeaders().add("Retry-After", "25");
            FakeService.send(exchange, 503, "{\"status\": 503, \"detail\": \"" + reason + "\"}");
        });

        var answer = post(member, PROTOBUF, "");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After")).contains("25");
        assertThat(answer.headers().firstValueAsLong("Content-Length")).hasValue(answer.body().length);
        assertThat(message(answer.body())).isEqualTo(reason);
        assertThat(member.post(PATH, "{}").json().path("message").asString()).isEqualTo(reason);
    }

    @Test
    void aServiceThatIsGoneIsSaidToComeBack() throws Exception {
        FakeServices.TRACE.on("POST " + PATH, (exchange, seen) -> exchange.close());
        var answer = post(member, PROTOBUF, "");
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.headers().firstValue("Retry-After")).contains("25");
        assertThat(message(answer.body())).contains("trace-service broke off");
    }

    private static HttpResponse<byte[]> post(Client client, String type, String body, String... more) throws Exception {
        var request = client.request(PATH).header("Content-Type", type).POST(BodyPublishers.ofString(body));
        if (more.length > 0) {
            request.headers(more);
        }
        try (var http = HttpClient.newHttpClient()) {
            return http.send(request.build(), BodyHandlers.ofByteArray());
        }
    }

    /** Of a {@code google.rpc.Status}. */
    private static String message(byte[] status) throws IOException {
        var in = CodedInputStream.newInstance(status);
        assertThat(in.readTag() >>> 3).isEqualTo(2);
        var message = in.readStringRequireUtf8();
        assertThat(in.isAtEnd()).isTrue();
        return message;
    }
}
