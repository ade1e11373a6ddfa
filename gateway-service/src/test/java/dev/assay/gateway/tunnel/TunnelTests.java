// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.assay.gateway.Client;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import dev.assay.gateway.identity.OpenConnections;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.web.server.context.WebServerGracefulShutdownLifecycle;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Import;

@GatewayTest
@Import(FakeWorker.class)
class TunnelTests {

    private static final String SESSION = "2def1a5e-c713-4440-8b1b-e40001eceddf";
    private static final String KNOCK = "POST /internal/sessions/" + SESSION + "/knock";

    @LocalServerPort
    int port;

    @Autowired
    FakeWorker worker;

    @Autowired
    OpenConnections connections;

    @Autowired
    ApplicationContext context;

    String key;
    String keyId;
    String team;

    @BeforeEach
    void clean() {
        FakeServices.reset();
        worker.arrivals.clear();
        worker.departures.clear();
        worker.slow = false;
        worker.deaf = null;
        worker.counted.set(0);
        worker.said.set(0);
        var made = new Client(port).newKey("tunnellers", "t");
        key = made.path("key").asString();
        keyId = made.path("id").asString();
        team = made.path("team_id").asString();
    }

    @Test
    void bytesGoBothWaysHoweverManyAtOnce() throws Exception {
        place("ready", "\"http://127.0.0.1:" + port + "\"");
        var client = open(SESSION);
        var bytes = new byte[3_000_000];
        new Random(7).nextBytes(bytes);

        client.socket().sendBinary(ByteBuffer.wrap(bytes), true).get(60, TimeUnit.SECONDS);

        assertThat(client.heard().receive(bytes.length)).isEqualTo(bytes);
        assertThat(worker.arrivals.take()).startsWith("/internal/tunnels/" + SESSION + " Bearer ");
        assertThat(FakeServices.JOB.last().text()).contains("\"" + team + "\"");
    }

    /** More than sockets on the way hold, and less than a gateway has memory. */
    private static final int MUCH = 96 << 20;

    @Test
    void anEnvironmentThatDoesNotReadStopsTheClientAndLosesNothing() throws Exception {
        place("ready", "\"http://127.0.0.1:" + port + "\"");
        var silence = new CountDownLatch(1);
        worker.deaf = silence;
        var client = open(SESSION).socket();
        var sent = new AtomicLong();
        var sender = Thread.ofVirtual().start(() -> {
            var piece = ByteBuffer.allocate(1 << 20);
            while (sent.get() < MUCH) {
                client.sendBinary(piece.duplicate(), true).join();
                sent.addAndGet(piece.capacity());
            }
        });

        assertThat(whenItStops(sent)).isLessThan(MUCH);

        silence.countDown();
        await().atMost(Duration.ofMinutes(1)).until(() -> worker.counted.get() == MUCH);
        assertThat(sender.join(Duration.ofMinutes(1))).isTrue();
        client.abort();
    }

    @Test
    void aClientThatDoesNotReadStopsTheEnvironmentAndLosesNothing() throws Exception {
        place("ready", "\"http://127.0.0.1:" + port + "\"");
        var reader = new SlowReader();
        var client = connect(SESSION, key, reader).get(60, TimeUnit.SECONDS);
        client.sendBinary(ByteBuffer.allocate(5).put((byte) '#').putInt(MUCH).flip(), true).get(60, TimeUnit.SECONDS);

        assertThat(whenItStops(worker.said)).isLessThan(MUCH);

        client.request(Long.MAX_VALUE);
        await().atMost(Duration.ofMinutes(1)).until(() -> reader.read.get() == MUCH);
        client.abort();
    }

    /** It answers no ping: its machine lost power, or its network. */
    @Test
    void aClientThatSaysNothingAtAllIsGoneForTheWorkerToo() throws Exception {
        place("ready", "\"http://127.0.0.1:" + port + "\"");
        connect(SESSION, key, new SlowReader()).get(60, TimeUnit.SECONDS);
        var other = open(SESSION);

        assertThat(worker.departures.poll(60, TimeUnit.SECONDS)).isEqualTo(1000);
        assertThat(other.heard().closed).isNotDone();
        other.socket().abort();
    }

    private static long whenItStops(AtomicLong count) {
        await().atMost(Duration.ofMinutes(1)).until(() -> count.get() > 0);
        var last = new AtomicLong(-1);
        await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofSeconds(1)).until(() -> last.getAndSet(count.get()) == count.get());
        return last.get();
    }

    @Test
    void aClientThatLeavesIsGoneForTheWorkerToo() throws Exception {
        place("ready", "\"http://127.0.0.1:" + port + "\"");
        var client = open(SESSION);

        client.socket().sendClose(WebSocket.NORMAL_CLOSURE, "").get(60, TimeUnit.SECONDS);

        assertThat(client.heard().closed.get(60, TimeUnit.SECONDS)).isEqualTo(1000);
        assertThat(worker.departures.poll(60, TimeUnit.SECONDS)).isEqualTo(1000);
    }

    @Test
    void aClientThatVanishesIsGoneForTheWorkerToo() throws Exception {
        place("ready", "\"http://127.0.0.1:" + port + "\"");
        open(SESSION).socket().abort();

        assertThat(worker.departures.poll(60, TimeUnit.SECONDS)).isEqualTo(1000);
    }

    @Test
    void anEnvironmentThatEndsIsANormalEnd() throws Exception {
        place("ready", "\"http://127.0.0.1:" + port + "\"");
        var client = open(SESSION);

        client.socket().sendBinary(ByteBuffer.wrap("!".getBytes(StandardCharsets.UTF_8)), true).get(60, TimeUnit.SECONDS);

        assertThat(client.heard().closed.get(60, TimeUnit.SECONDS)).isEqualTo(1000);
    }

    @Test
    void aWorkerThatCannotBeReachedIsAnEndThatClientsTakeForNotReadyYet() throws Exception {
        place("ready", "\"http://127.0.0.1:1\"");

        assertThat(open(SESSION).heard().closed.get(60, TimeUnit.SECONDS)).isEqualTo(1001);
    }

    @Test
    void theHandshakeIsRefusedUnlessTheTeamsSandboxServes() {
        place("starting", "null");
        assertThat(refusal(SESSION, key)).isEqualTo(503);
        place("ended", "null");
        assertThat(refusal(SESSION, key)).isEqualTo(404);
        FakeServices.JOB.on(KNOCK, 404, "{}");
        assertThat(refusal(SESSION, key)).isEqualTo(404);
        FakeServices.JOB.on(KNOCK, 500, "{}");
        assertThat(refusal(SESSION, key)).isEqualTo(503);
        assertThat(refusal("no-id", key)).isEqualTo(404);
        assertThat(refusal(SESSION, "ask_wrong")).isEqualTo(401);
        assertThat(worker.arrivals).isEmpty();
    }

    @Test
    void aTunnelEndsWithTheKeyThatOpenedIt() throws Exception {
        place("ready", "\"http://127.0.0.1:" + port + "\"");
        var client = open(SESSION);
        var colleague = open(SESSION, new Client(port).newKey("tunnellers", "u").path("key").asString());

        assertThat(new Client(port).bearer(key).delete("/v2/keys/" + keyId).status()).isEqualTo(204);

        assertThat(client.heard().closed.get(60, TimeUnit.SECONDS)).isEqualTo(1001);
        assertThat(worker.departures.poll(60, TimeUnit.SECONDS)).isEqualTo(1000);
        assertThat(refusal(SESSION, key)).isEqualTo(401);
        assertThat(colleague.heard().closed).isNotDone();
        colleague.socket().abort();
    }

    /** It neither reads nor answers, and goes on sending. */
    @Test
    void aClientThatHearsNothingOfTheEndOfItsKeyIsEndedAllTheSame() throws Exception {
        place("ready", "\"http://127.0.0.1:" + port + "\"");
        var client = connect(SESSION, key, new SlowReader()).get(60, TimeUnit.SECONDS);
        var sender = Thread.ofVirtual().start(() -> {
            while (!client.isOutputClosed()) {
                client.sendBinary(ByteBuffer.allocate(1 << 20), true).join();
            }
        });
        assertThat(worker.arrivals.poll(60, TimeUnit.SECONDS)).isNotNull();

        assertThat(new Client(port).bearer(key).delete("/v2/keys/" + keyId).status()).isEqualTo(204);

        assertThat(worker.departures.poll(60, TimeUnit.SECONDS)).isNotNull();
        assertThat(sender.join(Duration.ofMinutes(1))).isTrue();
        client.abort();
    }

    @Test
    void aGatewayThatStopsSaysGoingAwayToWhoIsThereAndToWhoComesMeanwhile() throws Exception {
        place("ready", "\"http://127.0.0.1:" + port + "\"");
        var client = open(SESSION);
        assertThat(worker.arrivals.poll(60, TimeUnit.SECONDS)).isNotNull();
        try {
            connections.stop();
            assertThat(client.heard().closed.get(60, TimeUnit.SECONDS)).isEqualTo(1001);
            assertThat(worker.departures.poll(60, TimeUnit.SECONDS)).isEqualTo(1000);
            assertThat(open(SESSION).heard().closed.get(60, TimeUnit.SECONDS)).isEqualTo(1001);
        } finally {
            connections.start();
        }
        var later = open(SESSION);
        later.socket().sendBinary(ByteBuffer.wrap("?".getBytes(StandardCharsets.UTF_8)), true).get(60, TimeUnit.SECONDS);
        assertThat(later.heard().receive(1)).isEqualTo("?".getBytes(StandardCharsets.UTF_8));
        later.socket().abort();
    }

    @Test
    void aClientThatGoesWhileItsWorkerStillAnswersIsGoneForTheWorkerToo() throws Exception {
        place("ready", "\"http://127.0.0.1:" + port + "\"");
        worker.slow = true;
        var client = open(SESSION);
        var knock = worker.knocks.poll(60, TimeUnit.SECONDS);
        assertThat(knock).isNotNull();

        assertThat(new Client(port).bearer(key).delete("/v2/keys/" + keyId).status()).isEqualTo(204);
        assertThat(client.heard().closed.get(60, TimeUnit.SECONDS)).isEqualTo(1001);
        knock.complete(null);

        assertThat(worker.departures.poll(60, TimeUnit.SECONDS)).isEqualTo(1000);
    }

    /** What is higher stops earlier. */
    @Test
    void tunnelsEndAfterModelCallsAndBeforeTheServerTakesNoConnectionsAnyMore() {
        assertThat(connections.getPhase())
                .isLessThan(context.getBean("drain", SmartLifecycle.class).getPhase())
                .isGreaterThan(WebServerGracefulShutdownLifecycle.SMART_LIFECYCLE_PHASE);
    }

    @Test
    void aViewerDrivesNoSandbox() {
        place("ready", "\"http://127.0.0.1:" + port + "\"");
        var viewer = new Client(port).bearer(FakeServices.ADMIN_TOKEN)
                .post("/v2/admin/keys", "{\"team\": \"tunnellers\", \"name\": \"viewer\", \"role\": \"viewer\"}").json();
        assertThat(refusal(SESSION, viewer.path("key").asString())).isEqualTo(403);
        assertThat(FakeServices.JOB.seen).isEmpty();
        assertThat(worker.arrivals).isEmpty();
    }

    private static void place(String state, String address) {
        FakeServices.JOB.on(KNOCK, 200, "{\"state\": \"" + state + "\", \"worker\": \"worker/w\", \"address\": " + address + ", \"error\": null}");
    }

    private record Opened(WebSocket socket, Heard heard) {}

    private Opened open(String session) throws Exception {
        return open(session, key);
    }

    private Opened open(String session, String with) throws Exception {
        var heard = new Heard();
        return new Opened(connect(session, with, heard).get(60, TimeUnit.SECONDS), heard);
    }

    private int refusal(String session, String with) {
        var failure = catchThrowable(() -> connect(session, with, new Heard()).get(60, TimeUnit.SECONDS));
        assertThat(failure).hasCauseInstanceOf(WebSocketHandshakeException.class);
        return ((WebSocketHandshakeException) failure.getCause()).getResponse().statusCode();
    }

    private CompletableFuture<WebSocket> connect(String session, String with, WebSocket.Listener heard) {
        return HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + with)
                .buildAsync(URI.create("ws://127.0.0.1:" + port + "/runtime/tunnels/" + session), heard);
    }

    /** It reads nothing before it is told to, no ping either. */
    private static final class SlowReader implements WebSocket.Listener {

        final AtomicLong read = new AtomicLong();

        @Override
        public void onOpen(WebSocket from) {}

        @Override
        public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            read.addAndGet(data.remaining());
            return null;
        }
    }

    /** What comes out of a tunnel. */
    private static final class Heard implements WebSocket.Listener {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        final CompletableFuture<Integer> closed = new CompletableFuture<>();

        @Override
        public synchronized CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
            var copy = new byte[data.remaining()];
            data.get(copy);
            bytes.writeBytes(copy);
            notifyAll();
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed.complete(code);
            return null;
        }

        synchronized byte[] receive(int count) throws InterruptedException {
            var end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            while (bytes.size() < count && System.nanoTime() < end) {
                wait(200);
            }
            return bytes.toByteArray();
        }
    }
}
