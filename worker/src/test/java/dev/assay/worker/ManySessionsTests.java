// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.contracts.SessionId;
import dev.assay.contracts.TeamId;
import dev.assay.contracts.internal.SessionLease;
import dev.assay.kit.ServiceStart;
import dev.assay.kit.identity.Role;
import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.Prepared;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.Source;
import dev.assay.testsupport.TestPlatform;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** The whole worker but for its sandboxes, which are stand-ins: so many real ones take longer to start than there is to be seen. */
class ManySessionsTests {

    private static final int MANY = 128;

    @TempDir
    Path data;

    @Test
    void oneHundredAndTwentyEightAtOnceAreEachLedToTheirOwnAndEndAlone() throws Exception {
        try (var platform = new FakePlatform(); var worker = start(platform)) {
            platform.environment("testing", Map.of());
            var heard = new LinkedHashMap<SessionId, Heard>();
            for (var number = 0; number < MANY; number++) {
                var session = SessionId.random();
                heard.put(session, new Heard());
                platform.sessions.add(new SessionLease(session, TeamId.random(), 1, FakePlatform.TTL, 600_000, "testing", null, "ark_of_a_session"));
            }
            for (var session : heard.keySet()) {
                var address = platform.told(session, "ready", word -> word.path("tunnels").asInt() == 0).path("address").asString();
                var socket = SessionTests.connect(address, session.toString(), Role.SERVICE, "worker/of-many", heard.get(session))
                        .get(60, TimeUnit.SECONDS);
                socket.sendBinary(ByteBuffer.wrap((session + "\n").getBytes(StandardCharsets.UTF_8)), true).get(60, TimeUnit.SECONDS);
            }
            for (var session : heard.keySet()) {
                assertThat(heard.get(session).line()).isEqualTo(session + "\n");
                platform.told(session, "renew", word -> word.path("tunnels").asInt() == 1);
            }

            var last = heard.lastEntry();
            heard.keySet().stream().limit(MANY - 1).forEach(session -> platform.lost.add(session.toString()));
            for (var session : heard.sequencedKeySet()) {
                if (!session.equals(last.getKey())) {
                    assertThat(heard.get(session).closed.get(60, TimeUnit.SECONDS)).isEqualTo(1000);
                }
            }
            assertThat(last.getValue().closed).isNotDone();
        }
    }

    private AutoCloseable start(FakePlatform platform) {
        return ServiceStart.run(
                WithStandIns.class, "worker", "--server.port=0",
                "--assay.keys.own=" + TestPlatform.keysOf("worker"), "--assay.keys.public=" + TestPlatform.publicKeys(),
                "--assay.data=" + data,
                "--assay.job-url=" + platform.url(), "--assay.environment-url=" + platform.url(), "--assay.trace-url=" + platform.url(),
                "--assay.gateway-url=" + platform.url(), "--assay.worker.isolation=off", "--assay.worker.renew-every=500ms",
                "--assay.worker.slots=1", "--assay.worker.sessions=" + MANY, "--assay.worker.name=of-many");
    }

    /** No component: other workers of these tests have their own sandboxes. */
    @Import(Worker.class)
    static class WithStandIns {

        @Bean
        @Order(Ordered.HIGHEST_PRECEDENCE)
        Runtime standIn() {
            return new StandIn();
        }
    }

    private static final class StandIn implements Runtime {

        private record Nothing() implements Prepared {}

        @Override
        public String name() {
            return "process";
        }

        @Override
        public Optional<String> refusal(RuntimeConfig config) {
            return Optional.empty();
        }

        @Override
        public Prepared prepare(Source source, Consumer<String> log) {
            return new Nothing();
        }

        @Override
        public Sandbox launch(SandboxSpec spec) {
            try {
                return new Echo();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Optional<URI> door() {
            return Optional.empty();
        }

        @Override
        public int reap(Instant now) {
            return 0;
        }
    }

    /** Says back what it hears, as long as it is open. */
    private static final class Echo implements Sandbox {

        private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        private final LinkedBlockingQueue<Socket> sockets = new LinkedBlockingQueue<>();

        Echo() throws IOException {
            Thread.ofVirtual().start(this::accept);
        }

        private void accept() {
            try {
                while (true) {
                    var socket = server.accept();
                    sockets.add(socket);
                    Thread.ofVirtual().start(() -> echo(socket));
                }
            } catch (IOException closed) {
                // it is over
            }
        }

        private static void echo(Socket socket) {
            try (socket) {
                socket.getInputStream().transferTo(socket.getOutputStream());
            } catch (IOException closed) {
                // it is over
            }
        }

        @Override
        public SocketAddress address() {
            return server.getLocalSocketAddress();
        }

        @Override
        public Optional<URI> door() {
            return Optional.empty();
        }

        @Override
        public String outputTail() {
            return "";
        }

        @Override
        public boolean alive() {
            return !server.isClosed();
        }

        @Override
        public void close() {
            try {
                server.close();
                for (var socket : sockets) {
                    socket.close();
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
