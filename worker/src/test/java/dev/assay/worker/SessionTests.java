// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.assay.contracts.SessionId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.SessionLease;
import dev.assay.kit.ServiceStart;
import dev.assay.kit.identity.InternalTokens;
import dev.assay.kit.identity.Party;
import dev.assay.kit.identity.Role;
import dev.assay.sdk.protocol.Json;
import dev.assay.testsupport.TestPlatform;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.ConfigurableApplicationContext;

/** The whole worker with real sandboxes, led to as the gateway does. */
@DisabledIfEnvironmentVariable(
        named = "ASSAY_TESTS_WITHOUT", matches = ".*(bubblewrap|socat|util-linux).*", disabledReason = "no sandboxes here")
class SessionTests {

    @TempDir
    static Path data;

    static FakePlatform platform;
    static ConfigurableApplicationContext worker;

    @BeforeAll
    static void start() throws Exception {
        platform = new FakePlatform();
        platform.environment("testing", Map.of());
        platform.environment("broken", Map.of("FAIL_TO_START", "1"));
        worker = startWorker();
    }

    private static ConfigurableApplicationContext startWorker() {
        return ServiceStart.run(
                Worker.class, "worker", "--server.port=0",
                "--assay.keys.own=" + TestPlatform.keysOf("worker"), "--assay.keys.public=" + TestPlatform.publicKeys(),
                "--assay.data=" + data,
                "--assay.job-url=" + platform.url(), "--assay.environment-url=" + platform.url(), "--assay.trace-url=" + platform.url(),
                "--assay.gateway-url=" + platform.url(), "--assay.worker.startup-timeout=60s", "--assay.worker.renew-every=200ms",
                "--assay.worker.poll=2s", "--assay.worker.slots=1", "--assay.worker.sessions=2", "--assay.worker.name=this-one",
                "--assay.worker.tunnel-ping=200ms");
    }

    @AfterAll
    static void stop() {
        worker.close();
        platform.close();
    }

    @Test
    void aTunnelLeadsToTheEnvironmentUntilTheSessionEnds() throws Exception {
        var session = offer("testing");
        var address = platform.told(session, "ready", body -> true).path("address").asString();
        var tunnel = new Heard();
        var socket = connect(address, session, Role.SERVICE, tunnel).get(60, TimeUnit.SECONDS);

        send(socket, "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"hello\", \"params\": {}}\n");

        assertThat(tunnel.line()).contains("\"testing\"").contains("\"id\":1");
        platform.told(session, "renew", body -> body.path("tunnels").asInt() == 1);
        var other = new Heard();
        var second = connect(address, session, Role.SERVICE, other).get(60, TimeUnit.SECONDS);
        platform.told(session, "renew", body -> body.path("tunnels").asInt() == 2);
        second.sendClose(WebSocket.NORMAL_CLOSURE, "").get(60, TimeUnit.SECONDS);
        assertThat(other.closed.get(60, TimeUnit.SECONDS)).isEqualTo(1000);
        platform.told(session, "renew", body -> body.path("tunnels").asInt() == 1);

        platform.unwanted.add(session.toString());
        assertThat(tunnel.closed.get(60, TimeUnit.SECONDS)).isEqualTo(1000);
        assertThat(platform.told(session, "release", body -> true)).isEqualTo(Json.MAPPER.readTree("{\"attempt\": 1, \"failure\": null}"));
        assertThat(sandboxes()).as("it is gone before that is told").isZero();
        var open = worker.getBean(MeterRegistry.class).get("assay.worker.sessions.open").gauge();
        await().until(() -> open.value() == 0);
        assertThat(platform.sessionWords.get(session + " end")).isNull();
    }

    @Test
    void anEnvironmentThatDoesNotStartIsToldWithItsReason() throws Exception {
        assertThat(platform.told(offer("broken"), "end", body -> true).path("error").asString()).contains("no licence for this machine");
        var nowhere = platform.told(offer("nowhere"), "end", body -> true);
        assertThat(nowhere.path("error").asString()).contains("'nowhere'");
        assertThat(nowhere.path("kind").asString()).isEqualTo("environment");
    }

    @Test
    void onlyServicesComeInAndOnlyToSessionsThatAreHere() throws Exception {
        var session = offer("testing");
        var address = platform.told(session, "ready", body -> true).path("address").asString();
        var refused = catchThrowable(() -> connect(address, session, Role.MEMBER, new Heard()).get(60, TimeUnit.SECONDS));
        assertThat(refused).hasCauseInstanceOf(WebSocketHandshakeException.class);
        var forAnother = catchThrowable(
                () -> connect(address, session.toString(), Role.SERVICE, "worker/another", new Heard()).get(60, TimeUnit.SECONDS));
        assertThat(forAnother).hasCauseInstanceOf(WebSocketHandshakeException.class);
        var stray = new Heard();
        connect(address, SessionId.random(), Role.SERVICE, stray).get(60, TimeUnit.SECONDS);
        assertThat(stray.closed.get(60, TimeUnit.SECONDS)).isEqualTo(1001);
        var nameless = new Heard();
        connect(address, "no-id", Role.SERVICE, "worker/this-one", nameless).get(60, TimeUnit.SECONDS);
        assertThat(nameless.closed.get(60, TimeUnit.SECONDS)).isEqualTo(1001);
        platform.lost.add(session.toString());
    }

    /** Its machine is gone without a word: it answers no ping. */
    @Test
    void aGatewayThatSaysNothingAtAllHasNoTunnelAnyMore() throws Exception {
        var session = offer("testing");
        var address = platform.told(session, "ready", body -> true).path("address").asString();
        connect(address, session.toString(), Role.SERVICE, "worker/this-one", new WebSocket.Listener() {
            @Override
            public void onOpen(WebSocket from) {}
        }).get(60, TimeUnit.SECONDS);

        platform.told(session, "renew", body -> body.path("tunnels").asInt() == 1);
        platform.told(session, "renew", body -> body.path("tunnels").asInt() == 0);
        platform.lost.add(session.toString());
    }

    @Test
    void aWorkerThatStopsGivesItsSessionsBack() throws Exception {
        var session = offer("testing");
        platform.told(session, "ready", body -> true);
        worker.close();
        assertThat(platform.told(session, "release", body -> true)).isEqualTo(Json.MAPPER.readTree("{\"attempt\": 1, \"failure\": null}"));
        assertThat(platform.sessionWords.get(session + " end")).isNull();
        worker = startWorker();
    }

    private static SessionId offer(String environment) {
        var session = SessionId.random();
        platform.sessions.add(new SessionLease(session, TeamId.random(), 1, FakePlatform.TTL, 600_000, environment, null, "ark_of_a_session"));
        return session;
    }

    private static CompletableFuture<WebSocket> connect(String address, SessionId session, Role role, Heard heard) {
        return connect(address, session.toString(), role, "worker/this-one", heard);
    }

    static CompletableFuture<WebSocket> connect(
            String address, String session, Role role, String audience, WebSocket.Listener heard) {
        var tokens = new InternalTokens(TestPlatform.signatures(Party.service("gateway-service")));
        return HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Authorization", "Bearer " + tokens.mint(role, audience))
                .buildAsync(URI.create(address.replace("http", "ws") + "/internal/tunnels/" + session), heard);
    }

    private static void send(WebSocket socket, String text) throws Exception {
        socket.sendBinary(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), true).get(60, TimeUnit.SECONDS);
    }

    private static long sandboxes() {
        try (var folders = Files.list(data.resolve("worker").resolve("sandboxes"))) {
            return folders.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
