// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.buildlog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.gateway.identity.OpenConnections;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@GatewayTest
class BuildLogTests {

    private static final String BUILD = "0f8fad5b-d9cb-469f-a165-70867728950e";
    private static final String LOG = "GET /internal/builds/" + BUILD + "/log";

    @LocalServerPort
    int port;

    @Autowired
    OpenConnections connections;

    String key;
    String keyId;
    String team;
    String cookie = "none=";

    @BeforeEach
    void clean() {
        FakeServices.reset();
        var made = new Client(port).newKey("builders", "b");
        key = made.path("key").asString();
        keyId = made.path("id").asString();
        team = made.path("team_id").asString();
    }

    @Test
    void aLogIsSentAsItGrowsAndEndsWithTheBuild() throws Exception {
        var asked = new AtomicInteger();
        FakeServices.ENVIRONMENT.on(LOG, (exchange, seen) -> dev.assay.gateway.FakeService.send(exchange, 200, switch (asked.getAndIncrement()) {
            case 0 -> "{\"lines\": [{\"at\": \"2026-01-01T00:00:00.123456Z\", \"message\": \"unpacking\"}], \"next\": 1, \"status\": \"IN_PROGRESS\"}";
            case 1 -> "{\"lines\": [], \"next\": 1, \"status\": \"IN_PROGRESS\"}";
            case 2 -> "{\"lines\": [{\"at\": \"2026-01-01T00:00:01Z\", \"message\": \"done\"}], \"next\": 2, \"status\": \"SUCCEEDED\"}";
            default -> "{\"lines\": [], \"next\": 2, \"status\": \"SUCCEEDED\"}";
        }));
        var heard = listen("/v2/builds/" + BUILD.replace("-", "") + "/logs?api_key=" + key);
        assertThat(heard.close()).isEqualTo(WebSocket.NORMAL_CLOSURE);
        assertThat(heard.frames()).extracting(frame -> frame.path("type").asString())
                .containsExactly("status", "log", "status_update", "log", "status_update", "complete");
        assertThat(heard.frames()).allSatisfy(frame -> assertThat(frame.path("message").isString()).isTrue());
        var log = heard.frames().get(1);
        assertThat(log.path("message").asString()).isEqualTo("unpacking");
        assertThat(log.path("timestamp").isIntegralNumber()).isTrue();
        assertThat(log.path("timestamp").asLong()).isEqualTo(1767225600123L);
        assertThat(heard.frames().getLast().path("final_status").asString()).isEqualTo("SUCCEEDED");
        assertThat(FakeServices.ENVIRONMENT.seen.getFirst().uri()).contains("after=0", "team=" + team, "waitMillis=");
        assertThat(FakeServices.ENVIRONMENT.last().uri()).contains("after=2");
    }

    @Test
    void aFailedBuildSaysSo() throws Exception {
        FakeServices.ENVIRONMENT.on(LOG, 200, "{\"lines\": [], \"next\": 0, \"status\": \"FAILED\"}");
        var heard = listen("/v2/builds/" + BUILD + "/logs?api_key=" + key);
        assertThat(heard.frames().getLast().path("final_status").asString()).isEqualTo("FAILED");
    }

    @Test
    void whoMayNotSeeABuildIsTurnedAwayAfterTheHandshake() throws Exception {
        FakeServices.ENVIRONMENT.on(LOG, 404, "{\"detail\": \"no such build\"}");
        assertThat(listen("/v2/builds/" + BUILD + "/logs?api_key=" + key).close()).isEqualTo(4003);
        assertThat(listen("/v2/builds/" + BUILD + "/logs?api_key=ask_wrong").close()).isEqualTo(4003);
        assertThat(listen("/v2/builds/" + BUILD + "/logs").close()).isEqualTo(4003);
        assertThat(listen("/v2/builds/no-id/logs?api_key=" + key).close()).isEqualTo(4003);
    }

    /** How the reader's connection will be closed. The log has been asked for by then. */
    private CompletableFuture<Integer> whoReadsABuildThatGoesOn() throws InterruptedException {
        var asked = new CountDownLatch(1);
        FakeServices.ENVIRONMENT.on(LOG, (exchange, seen) -> {
            asked.countDown();
            dev.assay.gateway.FakeService.send(exchange, 200, "{\"lines\": [], \"next\": 0, \"status\": \"IN_PROGRESS\"}");
        });
        var closed = CompletableFuture.supplyAsync(() -> {
            try {
                return listen("/v2/builds/" + BUILD + "/logs?api_key=" + key).close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        asked.await();
        return closed;
    }

    @Test
    void aLogEndsWithTheKeyOfItsReader() throws Exception {
        var closed = whoReadsABuildThatGoesOn();

        assertThat(new Client(port).bearer(key).delete("/v2/keys/" + keyId).status()).isEqualTo(204);

        assertThat(closed.get(60, TimeUnit.SECONDS)).isEqualTo(4003);
    }

    @Test
    void aGatewayThatStopsSaysGoingAwaySoThatTheReaderComesAgain() throws Exception {
        var closed = whoReadsABuildThatGoesOn();
        try {
            connections.stop();
            assertThat(closed.get(60, TimeUnit.SECONDS)).isEqualTo(1001);
        } finally {
            connections.start();
        }
    }

    @Test
    void aBrowsersCookieOpensNoLogSoNoOtherSitesPageCan() throws Exception {
        var page = new Client(port).with("X-Requested-With", "console");
        cookie = page.post("/v2/auth/session", "{\"key\": \"" + key + "\"}").header("set-cookie").split(";")[0];
        FakeServices.ENVIRONMENT.on(LOG, 200, "{\"lines\": [], \"next\": 0, \"status\": \"SUCCEEDED\"}");
        assertThat(listen("/v2/builds/" + BUILD + "/logs").close()).isEqualTo(4003);
        assertThat(FakeServices.ENVIRONMENT.seen).isEmpty();
    }

    @Test
    void aServiceThatIsAwayForAMomentDoesNotEndTheLog() throws Exception {
        var asked = new AtomicInteger();
        FakeServices.ENVIRONMENT.on(LOG, (exchange, seen) -> dev.assay.gateway.FakeService.send(
                exchange, asked.getAndIncrement() == 0 ? 503 : 200, "{\"lines\": [], \"next\": 0, \"status\": \"SUCCEEDED\"}"));
        assertThat(listen("/v2/builds/" + BUILD + "/logs?api_key=" + key).frames().getLast().path("type").asString()).isEqualTo("complete");
    }

    private record Heard(List<JsonNode> frames, int close) {}

    private Heard listen(String path) throws Exception {
        var frames = new ArrayList<JsonNode>();
        var closed = new CompletableFuture<Integer>();
        try (var http = HttpClient.newHttpClient()) {
            http.newWebSocketBuilder().header("Cookie", cookie).buildAsync(URI.create("ws://127.0.0.1:" + port + path), new WebSocket.Listener() {
                private final StringBuilder text = new StringBuilder();

                @Override
                public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                    text.append(data);
                    if (last) {
                        frames.add(JsonMapper.shared().readTree(text.toString()));
                        text.setLength(0);
                    }
                    socket.request(1);
                    return null;
                }

                @Override
                public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
                    closed.complete(code);
                    return null;
                }

                @Override
                public void onError(WebSocket socket, Throwable error) {
                    closed.completeExceptionally(error);
                }
            }).get(60, TimeUnit.SECONDS);
            return new Heard(frames, closed.get(60, TimeUnit.SECONDS));
        }
    }
}
