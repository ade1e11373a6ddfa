// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeService;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.kit.identity.Caller;
import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Role;
import dev.assay.testsupport.TestPlatform;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

@GatewayTest
class RoutingTests {

    private static final long LARGE = 140L << 20;

    @LocalServerPort
    int port;

    Client member;
    String team;

    @BeforeEach
    void clean() {
        FakeServices.reset();
        var key = new Client(port).newKey("routing", "tester");
        team = key.path("team_id").asString();
        member = new Client(port).bearer(key.path("key").asString());
    }

    @Test
    void aServiceLearnsWhoCallsAndNeverSeesTheKey() {
        assertThat(member.get("/v2/jobs").json().path("ok").asBoolean()).isTrue();
        var token = FakeServices.JOB.last().header("Authorization").substring("Bearer ".length());
        var caller = asSeenBy("job-service", token);
        assertThat(caller.team()).hasToString(team);
        assertThat(caller.role()).isEqualTo(Role.ADMINISTRATOR);
    }

    private static Caller asSeenBy(String service, String token) {
        var others = new InternalTokens(TestPlatform.signatures(Party.service("grading-service")));
        assertThat(others.verify(token)).isEmpty();
        return new InternalTokens(TestPlatform.signatures(Party.service(service))).verify(token).orElseThrow();
    }

    @Test
    void anUploadNeedsNoKeyBecauseItsAddressIsItsGrant() {
        var answer = new Client(port).send("PUT", "/v2/uploads/some-token", BodyPublishers.ofString("context"), "Content-Type", "application/gzip");
        assertThat(answer.status()).isEqualTo(200);
        var seen = FakeServices.ENVIRONMENT.last();
        assertThat(seen.text()).isEqualTo("context");
        assertThat(asSeenBy("environment-service", seen.header("Authorization").substring(7)).role()).isEqualTo(Role.GRANT);
    }

    @Test
    void pathAndQueryArriveAsTheyWereSent() {
        member.get("/v2/tasksets/by-name/My%20Letters%2Fx?trace_ids=a&trace_ids=b&search=a+b%20c&flag=True&empty=&x=%C3%A9");
        assertThat(FakeServices.ENVIRONMENT.last().uri())
                .isEqualTo("/v2/tasksets/by-name/My%20Letters%2Fx?trace_ids=a&trace_ids=b&search=a+b%20c&flag=True&empty=&x=%C3%A9");
    }

    @Test
    void aNameMayHoldAnythingThatIsEncoded() {
        member.get("/v2/tasksets/by-name/a%5Cb%3Bc%2F..%2Fd");
        assertThat(FakeServices.ENVIRONMENT.last().uri()).isEqualTo("/v2/tasksets/by-name/a%5Cb%3Bc%2F..%2Fd");
    }

    @Test
    void doubledSlashesAreRefusedWithAHint() {
        var refused = member.get("/telemetry/v3/api//trace/1/telemetry-upload");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.detail()).contains("two slashes", "HUD_TELEMETRY_URL");
        assertThat(FakeServices.TRACE.seen).isEmpty();
    }

    @Test
    void aPostWithoutBodyAndContentTypePasses() throws IOException {
        var answer = raw("POST /v2/builds/upload-url HTTP/1.1\r\nHost: localhost\r\nAuthorization: %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                .formatted(member.headers()[1]));
        assertThat(answer).startsWith("HTTP/1.1 200");
        assertThat(FakeServices.ENVIRONMENT.last().header("Content-Type")).isNull();
        assertThat(FakeServices.ENVIRONMENT.last().length()).isZero();
    }

    @Test
    void headersOfOneConnectionStayOnIt() throws IOException {
        FakeServices.JOB.on("GET /v2/jobs", (exchange, seen) -> {
            exchange.getResponseHeaders().add("Keep-Alive", "timeout=5");
            exchange.getResponseHeaders().add("X-Kept", "one");
            exchange.getResponseHeaders().add("X-Kept", "two");
            FakeService.send(exchange, 200, "{}");
        });
        var answer = raw(("GET /v2/jobs HTTP/1.1\r\nHost: assay.example.org:8443\r\nAuthorization: %s\r\nConnection: close, X-Mine\r\nX-Mine: 1\r\n"
                        + "X-Other: 2\r\nTE: trailers\r\nX-Forwarded-Proto: https\r\n\r\n")
                .formatted(member.headers()[1]));
        var seen = FakeServices.JOB.last();
        assertThat(seen.header("X-Mine")).isNull();
        assertThat(seen.header("TE")).isNull();
        assertThat(seen.header("X-Other")).isEqualTo("2");
        assertThat(seen.header("X-Forwarded-Host")).isEqualTo("assay.example.org:8443");
        assertThat(seen.header("X-Forwarded-Proto")).isEqualTo("https");
        assertThat(seen.header("X-Forwarded-Port")).isEqualTo("8443");
        assertThat(seen.header("X-Forwarded-For")).isEqualTo("127.0.0.1");
        assertThat(answer).containsIgnoringCase("X-Kept: one").containsIgnoringCase("X-Kept: two").doesNotContain("timeout=5");
    }

    @Test
    void answersPassAsTheyAre() {
        FakeServices.JOB.on("GET /v2/jobs", 409, "{\"detail\": \"because\"}");
        assertThat(member.get("/v2/jobs").status()).isEqualTo(409);
        assertThat(member.get("/v2/jobs").detail()).isEqualTo("because");
        FakeServices.JOB.on("HEAD /v2/jobs", (exchange, seen) -> {
            exchange.sendResponseHeaders(409, -1);
            exchange.close();
        });
        FakeServices.JOB.on("POST /v2/trace/1/enter", 204, "");
        assertThat(member.post("/v2/trace/1/enter", "{}").status()).isEqualTo(204);
        assertThat(member.send("HEAD", "/v2/jobs", BodyPublishers.noBody()).status()).isEqualTo(409);
    }

    @Test
    void aLargeBodyPassesWithItsLength() {
        var answer = member.send("POST", "/telemetry/v3/api/trace/abc/telemetry-upload",
                BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(() -> new Endless(LARGE)), LARGE));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(FakeServices.TRACE.last().length()).isEqualTo(LARGE);
        assertThat(FakeServices.TRACE.last().header("Content-Length")).isEqualTo(String.valueOf(LARGE));
    }

    @Test
    void aLargeBodyPassesInChunks() {
        var answer = member.send("PUT", "/v2/uploads/token", BodyPublishers.ofInputStream(() -> new Endless(LARGE)));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(FakeServices.ENVIRONMENT.last().length()).isEqualTo(LARGE);
    }

    @Test
    void aBatchToLearnFromPassesAsItIsPacked() {
        var answer = member.send("POST", "/rl/v1/models/1/train/forward-backward",
                BodyPublishers.ofInputStream(() -> new Endless(256L << 20)), "Content-Encoding", "gzip");
        assertThat(answer.status()).isEqualTo(200);
        var seen = FakeServices.TRAINING.last();
        assertThat(seen.uri()).isEqualTo("/v1/models/1/train/forward-backward");
        assertThat(seen.length()).isEqualTo(256L << 20);
        assertThat(seen.header("Content-Encoding")).isEqualTo("gzip");
        assertThat(asSeenBy("training-service", seen.header("Authorization").substring(7)).team()).hasToString(team);
    }

    @Test
    void whiteSpaceReachesWhoeverWaitsForTrainingBeforeTheAnswerDoes() throws Exception {
        var more = new CountDownLatch(1);
        FakeServices.TRAINING.on("POST /v1/models/1/train/optim-step", (exchange, seen) -> {
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(' ');
            exchange.getResponseBody().flush();
            awaited(more);
            exchange.getResponseBody().write("\n{\"step\": 1}".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        try (var http = HttpClient.newHttpClient()) {
            var request = member.request("/rl/v1/models/1/train/optim-step").header("Accept-Encoding", "gzip, deflate");
            var answer = http.send(request.POST(BodyPublishers.noBody()).build(), BodyHandlers.ofInputStream());
            assertThat(answer.headers().firstValue("Content-Encoding")).contains("gzip");
            try (var body = new GZIPInputStream(answer.body())) {
                assertThat(body.read()).isEqualTo(' ');
                more.countDown();
                assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("\n{\"step\": 1}");
            }
        }
    }

    @Test
    void formsAndPartsPassUnread() {
        var form = "a=1&b=%20&a=2";
        member.send("POST", "/v2/rollouts/submit", BodyPublishers.ofString(form), "Content-Type", "application/x-www-form-urlencoded");
        assertThat(FakeServices.JOB.last().text()).isEqualTo(form);
    }

    @Test
    void aServiceThatIsDownIsAProblemThatPasses() {
        var answer = member.get("/v2/trace/1/grade");
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("retry-after")).isEqualTo("1");
        assertThat(answer.detail()).contains("grading-service");
    }

    @Test
    void aServiceThatBreaksOffBeforeAnAnswerIsABadGateway() {
        FakeServices.JOB.on("POST /v2/rollouts/submit", (exchange, seen) -> exchange.close());
        var answer = member.post("/v2/rollouts/submit", "{}");
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.detail()).contains("job-service");
        assertThat(answer.header("retry-after")).isEqualTo("1");
    }

    @Test
    void spansAreSentAgainOnlyAfterARestartOfTheirService() {
        var path = "/telemetry/v3/api/trace/0f8fad5bd9cb469fa16570867728950e/telemetry-upload";
        FakeServices.TRACE.on("POST /telemetry/trace/0f8fad5bd9cb469fa16570867728950e/telemetry-upload", (exchange, seen) -> exchange.close());
        var answer = member.post(path, "{}");
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.header("retry-after")).as("the client's three tries end after two seconds otherwise").isEqualTo("25");
    }

    @Test
    void halfAnAnswerDoesNotLookWhole() {
        FakeServices.JOB.on("GET /v2/jobs", (exchange, seen) -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("{\"items\": [".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            throw new IOException("the service dies here");
        });
        assertThatThrownBy(() -> member.get("/v2/jobs")).isInstanceOf(AssertionError.class).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void anAnswerArrivesAsItIsMade() throws Exception {
        var more = new CountDownLatch(1);
        FakeServices.JOB.on("GET /v2/jobs", (exchange, seen) -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("first".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            awaited(more);
            exchange.getResponseBody().write("second".getBytes(StandardCharsets.UTF_8));
            exchange.close();
        });
        try (var http = HttpClient.newHttpClient()) {
            var body = http.send(member.request("/v2/jobs").GET().build(), BodyHandlers.ofInputStream()).body();
            assertThat(new String(body.readNBytes(5), StandardCharsets.UTF_8)).isEqualTo("first");
            more.countDown();
            assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("second");
        }
    }

    @Test
    void whenTheClientLeavesTheServiceIsNoLongerAsked() throws Exception {
        var asked = new CountDownLatch(1);
        var left = new AtomicBoolean();
        FakeServices.JOB.on("GET /v2/jobs", (exchange, seen) -> {
            asked.countDown();
            exchange.sendResponseHeaders(200, 0);
            try {
                while (true) { // ends when the gateway has closed its end
                    exchange.getResponseBody().write(new byte[64 * 1024]);
                    exchange.getResponseBody().flush();
                }
            } catch (IOException e) {
                left.set(true);
            }
        });
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write("GET /v2/jobs HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\n\r\n"
                    .formatted(member.headers()[1]).getBytes(StandardCharsets.UTF_8));
            asked.await();
        }
        await().untilTrue(left);
    }

    @Test
    void whatNobodyServesIsNotFound() {
        var answer = member.get("/v2/imports/formats");
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.header("content-type")).startsWith("application/problem+json");
        assertThat(answer.detail()).isNotEmpty();
        assertThat(member.get("/internal/runs/1/live").status()).isEqualTo(404);
        assertThat(member.get("/rl/anything").status()).isEqualTo(404);
    }

    @Test
    void aPathThatClimbsIsRefused() throws IOException {
        var answer = raw("GET /v2/uploads/../../internal/leases HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 400");
        assertThat(FakeServices.ENVIRONMENT.seen).isEmpty();
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String raw(String request) throws IOException {
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** As many zeros as make a large body. */
    private static final class Endless extends InputStream {

        private long left;

        Endless(long size) {
            left = size;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] buffer, int offset, int count) {
            if (left <= 0) {
                return -1;
            }
            var read = (int) Math.min(left, count);
            left -= read;
            return read;
        }
    }
}
