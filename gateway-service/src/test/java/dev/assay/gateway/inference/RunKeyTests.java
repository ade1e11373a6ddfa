// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import dev.assay.contracts.RunId;
import dev.assay.contracts.TeamId;
import dev.assay.gateway.Client;
import dev.assay.gateway.FakeService;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.kit.identity.RunKeys.RunKey;
import dev.assay.testsupport.Tokens;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;

/** What the key of a run calls, and for how long. */
@GatewayTest
class RunKeyTests {

    @LocalServerPort
    int port;

    private final RunId run = new RunId(UUID.randomUUID());

    @BeforeEach
    void clean() throws IOException {
        FakeServices.reset();
        FakeServices.TRAINING.on("GET /internal/models/resolve", (exchange, seen) -> resolve(exchange));
        Files.writeString(FakeServices.SCRIPTS.resolve("plain.yaml"), "rules: [{say: hello}]");
        Files.writeString(FakeServices.SCRIPTS.resolve("slow.yaml"), "rules: [{say: late, delay_ms: 3600000}]");
        live(true);
    }

    @Test
    void itCallsTheRunsOwnModelByAnyOfItsNames() {
        assertThat(holder("Mine").post("/inference/chat/completions", call("mine")).status()).isEqualTo(200);
        assertThat(holder("mine").post("/inference/chat/completions", call("the-same-as-mine")).status()).isEqualTo(200);
    }

    @Test
    void itCallsNoOtherModel() {
        var answer = holder("mine").post("/inference/chat/completions", call("other"));
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.text()).contains("mine").contains("other");
        assertThat(holder(null).post("/inference/chat/completions", call("mine")).status()).isEqualTo(403);
    }

    @Test
    void itCallsTheJudgesThatTheOperatorAllows() {
        assertThat(holder("mine").post("/inference/chat/completions", call("claude-haiku-4-5")).status()).isEqualTo(200);
        assertThat(holder(null).post("/inference/chat/completions", call("Claude-Haiku-4-5")).status()).isEqualTo(200);
    }

    @Test
    void whoSaysThatItsAttemptLivesIsNotAskedOfWhichJobItIsAsWell() {
        FakeServices.JOB.on("GET /internal/runs/" + run + "/live", 200, """
                {"live": true, "latest": true, "job": "%s"}""".formatted(UUID.randomUUID()));
        assertThat(holder("mine").post("/inference/chat/completions", call("mine")).status()).isEqualTo(200);
        assertThat(FakeServices.JOB.seen).extracting(FakeService.Seen::uri).containsOnly("/internal/runs/" + run + "/live?attempt=1");
    }

    @Test
    void aMemberCallsAnyModel() {
        assertThat(new Client(port).ofTeam("callers").post("/inference/chat/completions", call("other")).status()).isEqualTo(200);
    }

    @Test
    void aCallUnderWayEndsWithItsAttempt() {
        var calling = CompletableFuture.supplyAsync(() -> holder("slow").post("/inference/chat/completions", call("slow")));
        await().until(() -> FakeServices.TRAINING.seen.stream().anyMatch(seen -> seen.uri().contains("model=slow")));
        assertThat(calling).isNotDone();

        live(false);

        await().until(calling::isDone);
        assertThat(calling.join().status()).isEqualTo(401);
        assertThat(calling.join().text()).contains("has ended");
    }

    @Test
    void aMembersCallUnderWayEndsWithItsKey() {
        var key = new Client(port).newKey("leavers of " + run, "leaver");
        var member = new Client(port).bearer(key.path("key").asString());
        var calling = CompletableFuture.supplyAsync(() -> member.post("/inference/chat/completions", call("slow")));
        await().until(() -> FakeServices.TRAINING.seen.stream().anyMatch(seen -> seen.uri().contains("model=slow")));
        assertThat(calling).isNotDone();

        assertThat(member.delete("/v2/keys/" + key.path("id").asString()).status()).isEqualTo(204);

        await().until(calling::isDone);
        assertThat(calling.join().status()).isEqualTo(401);
    }

    @Test
    void aJobServiceThatSaysNothingEndsNoCallAndKeepsNoRevokedKeyAlive() throws Exception {
        var member = new Client(port).newKey("callers", "leaver");
        var key = member.path("key").asString();
        var over = new CountDownLatch(1);
        FakeServices.ENVIRONMENT.on("GET /internal/builds/" + run + "/log", (exchange, seen) -> sayNothing(exchange, over));
        var closed = new CompletableFuture<Integer>();
        var calling = CompletableFuture.supplyAsync(() -> holder("slow").post("/inference/chat/completions", call("slow")));
        await().until(() -> FakeServices.TRAINING.seen.stream().anyMatch(seen -> seen.uri().contains("model=slow")));
        var log = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:" + port + "/v2/builds/" + run + "/logs?api_key=" + key), closing(closed))
                .get(60, TimeUnit.SECONDS);
        try {
            await().until(() -> !FakeServices.ENVIRONMENT.seen.isEmpty());
            var asked = new AtomicInteger();
            FakeServices.JOB.on("GET /internal/runs/" + run + "/live", (exchange, seen) -> {
                asked.incrementAndGet();
                sayNothing(exchange, over);
            });
            await().until(() -> asked.get() > 0);
            assertThat(new Client(port).bearer(key).delete("/v2/keys/" + member.path("id").asString()).status()).isEqualTo(204);

            assertThat(closed.get(60, TimeUnit.SECONDS)).isEqualTo(4003);
            await().until(() -> asked.get() > 1);
            assertThat(calling).isNotDone();

            live(false);
            assertThat(calling.get(60, TimeUnit.SECONDS).status()).isEqualTo(401);
        } finally {
            over.countDown();
            log.abort();
        }
    }

    /** Accepts, and answers only when the test is over. */
    private static void sayNothing(HttpExchange exchange, CountDownLatch over) {
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            exchange.close();
        }
    }

    private static WebSocket.Listener closing(CompletableFuture<Integer> closed) {
        return new WebSocket.Listener() {
            @Override
            public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
                closed.complete(code);
                return null;
            }
        };
    }

    private void live(boolean live) {
        FakeServices.JOB.on("GET /internal/runs/" + run + "/live", 200, "{\"live\": " + live + ", \"latest\": " + live + "}");
    }

    private Client holder(@Nullable String model) {
        return new Client(port).bearer(Tokens.runKey(new RunKey(TEAM, run, 1, model), Instant.parse("2999-01-01T00:00:00Z")));
    }

    private static final TeamId TEAM = TeamId.random();

    private static String call(String model) {
        return "{\"model\": \"" + model + "\", \"messages\": [{\"role\": \"user\", \"content\": \"hello\"}]}";
    }

    private static void resolve(HttpExchange exchange) throws IOException {
        var query = URLDecoder.decode(exchange.getRequestURI().getRawQuery(), StandardCharsets.UTF_8);
        var name = query.replaceAll(".*model=", "").toLowerCase(Locale.ROOT).replace("the-same-as-", "");
        var id = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
        FakeService.send(exchange, 200, "{\"id\": \"" + id + "\", \"modelName\": \"" + name + "\", \"provider\": \"scripted\", \"upstreamModel\": \""
                + (name.equals("slow") ? "slow" : "plain") + "\"}");
    }
}
