// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeService;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

/** Ids and deadlines of requests, at the door and behind it. */
@GatewayTest
class ArrivalTests {

    @LocalServerPort
    int port;

    private Client member;

    @BeforeEach
    void clean() {
        FakeServices.reset();
        member = new Client(port).ofTeam("arrivals");
    }

    private Client.Answer get(String path, String... headers) {
        return member.send("GET", path, BodyPublishers.noBody(), headers);
    }

    private Client.Answer call(String upstream, String... headers) {
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "11111111-1111-4111-8111-111111111111", "modelName": "acme/%s", "provider": "%s", "upstreamModel": "m"}""".formatted(upstream, upstream));
        return member.send("POST", "/inference/chat/completions",
                BodyPublishers.ofString("{\"model\": \"acme/" + upstream + "\", \"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}"), headers);
    }

    @Test
    void aRequestsOwnIdStandsInTheAnswerAndGoesOn() {
        FakeServices.JOB.on("GET /v2/jobs", (exchange, seen) -> {
            exchange.getResponseHeaders().add("X-Request-Id", "the-service-says-another");
            FakeService.send(exchange, 200, "{}");
        });
        var answer = get("/v2/jobs", "X-Request-Id", "my-request.1");
        assertThat(answer.response().headers().allValues("x-request-id")).containsExactly("my-request.1");
        assertThat(FakeServices.JOB.last().header("X-Request-Id")).isEqualTo("my-request.1");
    }

    @Test
    void whoHasNoneOrAnOddOneGetsOne() {
        for (var odd : List.of("a b", "ü", "x".repeat(129), "")) {
            var answer = get("/v2/jobs", "X-Request-Id", odd);
            var id = answer.header("x-request-id");
            assertThat(id).as(odd).hasSize(36).isEqualTo(FakeServices.JOB.last().header("X-Request-Id"));
        }
        assertThat(get("/v2/jobs").header("x-request-id")).hasSize(36);
    }

    @Test
    void aProblemNamesTheRequestWhoeverMadeIt() {
        var byAController = get("/v2/upstreams/nonsense", "X-Request-Id", "one");
        assertThat(byAController.json().path("request_id").asString()).isEqualTo("one");
        var byAFilter = get("/v2/trace/1/grade", "X-Request-Id", "two");
        assertThat(byAFilter.status()).isEqualTo(503);
        assertThat(byAFilter.json().path("request_id").asString()).isEqualTo("two");
        var byTheDoor = new Client(port).send("GET", "/v2/jobs", BodyPublishers.noBody(), "X-Request-Id", "three");
        assertThat(byTheDoor.status()).isEqualTo(401);
        assertThat(byTheDoor.json().path("request_id").asString()).isEqualTo("three");
        assertThat(byTheDoor.header("x-request-id")).isEqualTo("three");
    }

    @Test
    void aDeadlineGoesOnToServicesAsATime() {
        var before = Instant.now().toEpochMilli();
        get("/v2/jobs", "X-Request-Timeout", "30");
        var passed = Long.parseLong(FakeServices.JOB.last().header("X-Deadline"));
        assertThat(passed).isBetween(before + 30_000, Instant.now().toEpochMilli() + 30_000);
        assertThat(FakeServices.JOB.last().header("X-Request-Timeout")).isNull();
        get("/v2/jobs");
        assertThat(FakeServices.JOB.last().header("X-Deadline")).isNull();
    }

    @Test
    void aServiceIsNotWaitedForLongerThanTheClientWaits() throws IOException {
        var never = new CountDownLatch(1);
        FakeServices.JOB.on("GET /v2/jobs", (exchange, seen) -> waited(never));
        var answer = get("/v2/jobs", "X-Request-Timeout", "2");
        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.detail()).contains("job-service", "deadline");
        FakeServices.JOB.on("GET /v2/jobs", (exchange, seen) -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("{\"items\": [".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            waited(never);
        });
        try {
            get("/v2/jobs", "X-Request-Timeout", "5");
            throw new IllegalStateException("half an answer looked whole");
        } catch (AssertionError e) {
            assertThat(e).hasCauseInstanceOf(IOException.class);
        } finally {
            never.countDown();
        }
    }

    private static void waited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void whatIsLateAlreadyIsNotBegunAndWhatIsNoDeadlineIsRefused() {
        assertThat(get("/v2/jobs", "X-Deadline", "2020-01-01T00:00:00Z").status()).isEqualTo(504);
        for (var odd : List.of("0", "-5", "soon", "")) {
            var answer = get("/v2/jobs", "X-Request-Timeout", odd);
            assertThat(answer.status()).as(odd).isEqualTo(400);
            assertThat(answer.detail()).startsWith("X-Request-Timeout: ");
        }
        var twice = get("/v2/jobs", "X-Request-Timeout", "5", "X-Deadline", "2099-01-01T00:00:00Z");
        assertThat(twice.detail()).startsWith("X-Deadline: ");
        assertThat(FakeServices.JOB.seen).isEmpty();
    }

    @Test
    void spansAreTakenWhateverTheirRequestSays() {
        var path = "/telemetry/v3/api/trace/0f8fad5bd9cb469fa16570867728950e/telemetry-upload";
        for (var odd : List.of("0", "soon")) {
            assertThat(member.send("POST", path, BodyPublishers.ofString("{}"), "X-Request-Timeout", odd).status()).isEqualTo(200);
        }
        assertThat(member.send("POST", path, BodyPublishers.ofString("{}"), "X-Deadline", "2020-01-01T00:00:00Z").status()).isEqualTo(200);
    }

    @Test
    void aModelCallEndsAtItsClientsDeadlineInItsDialectsShape() {
        var late = call("silent", "X-Request-Timeout", "0.4");
        assertThat(late.status()).as(late.text()).isEqualTo(504);
        assertThat(late.json().path("error").path("message").asString()).contains("deadline");
        var until = String.valueOf(Instant.now().plusMillis(400).toEpochMilli());
        assertThat(call("silent", "X-Deadline", until).status()).isEqualTo(504);
        assertThat(call("silent", "X-Stainless-Timeout", "1").status()).as("as its SDK says by itself").isEqualTo(504);
        assertThat(call("silent", "X-Deadline", "2020-01-01T00:00:00Z").header("x-should-retry")).isEqualTo("false");
        var odd = call("silent", "X-Request-Timeout", "soon");
        assertThat(odd.status()).isEqualTo(400);
        assertThat(odd.json().path("error").path("message").asString()).startsWith("X-Request-Timeout: ");
    }

    @Test
    void whatAnSdkSaysThatIsNoTimeIsNothingSaid() {
        FakeServices.PROVIDER.on("POST /v1/chat/completions", 200, """
                {"id": "c", "object": "chat.completion", "created": 1700000000, "model": "m", "choices": [{"index": 0,
                "message": {"role": "assistant", "content": "Hi"}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 9, "completion_tokens": 1}}""");
        for (var said : List.of("0", "None", "-1", "600", "600.0")) {
            assertThat(call("provider", "X-Stainless-Timeout", said, "X-Stainless-Read-Timeout", said).status()).as(said).isEqualTo(200);
        }
    }

    @Test
    void jsonIsCompressedForWhoAsksAndNothingElseIs() {
        FakeServices.JOB.on("GET /v2/jobs", 200, "{\"items\": [\"" + "long ".repeat(10_000) + "\"]}");
        assertThat(get("/v2/jobs", "Accept-Encoding", "gzip").header("content-encoding")).isEqualTo("gzip");
        assertThat(get("/v2/jobs").header("content-encoding")).isNull();
        FakeServices.JOB.on("GET /v2/jobs", 200, "{}");
        assertThat(get("/v2/jobs", "Accept-Encoding", "gzip").header("content-encoding")).as("too little to gain").isNull();
        FakeServices.JOB.on("GET /v2/jobs", (exchange, seen) -> {
            exchange.getResponseHeaders().add("Content-Type", "text/event-stream");
            FakeService.send(exchange, 200, "data: " + "long ".repeat(10_000) + "\n\n");
        });
        assertThat(get("/v2/jobs", "Accept-Encoding", "gzip").header("content-encoding")).as("events are never held back").isNull();
    }
}
