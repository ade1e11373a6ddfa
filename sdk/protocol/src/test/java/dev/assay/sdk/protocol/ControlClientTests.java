// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.List;
import java.util.ArrayList;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class ControlClientTests {

    private static final Duration SOON = Duration.ofSeconds(10);

    private static final Heartbeat.Pace BUSY = new Heartbeat.Pace(Duration.ofMillis(1), SOON);

    private final FakeEnvironment environment = new FakeEnvironment();
    private ControlServer server;

    @BeforeEach
    void serve() throws IOException {
        server = ControlServer.bind(environment, "127.0.0.1", 0);
    }

    @AfterEach
    void close() {
        environment.release.countDown();
        server.close();
    }

    private ControlClient connect() throws IOException, InterruptedException {
        return ControlClient.connect("127.0.0.1", server.port(), SOON);
    }

    @Test
    void drivesATask() throws Exception {
        try (var client = connect()) {
            assertThat(client.hello().env()).isEqualTo(new Manifest.Identity("fake", "0.0.1"));
            assertThat(client.tasks()).extracting(TaskTemplate::id).contains("ok", "slowgrade");
            assertThat(client.start("ok", null).get("prompt").stringValue()).endsWith(client.hello().sessionId());
            assertThat(client.grade(Json.object().put("answer", "3")).get("score").doubleValue()).isEqualTo(1.0);
        }
    }

    @Test
    void surfacesErrorRepliesAndGoesOn() throws Exception {
        try (var client = connect()) {
            assertThatThrownBy(() -> client.start("nope", null))
                    .isInstanceOfSatisfying(RpcException.class, error -> assertThat(error.code()).isEqualTo(-32602))
                    .hasMessage("hud rpc error -32602: unknown task: 'nope'");
            assertThat(client.isOpen()).isTrue();
            assertThat(client.start("ok", null).has("prompt")).isTrue();
        }
    }

    @Test
    void refusesAScoreThatIsNotFinite() throws Exception {
        try (var client = connect()) {
            client.start("nan", null);
            assertThatThrownBy(() -> client.grade(Json.object()))
                    .hasMessage("hud rpc error -32603: tasks.grade: result must include a finite numeric 'score', got nan");
        }
    }

    @Test
    void cancelsACallThatRunsInAnotherThread() throws Exception {
        try (var client = connect()) {
            var start = inBackground(() -> client.start("slowstart", null));
            Eventually.holds(() -> environment.events.contains("start waits"));
            assertThat(client.cancel()).isTrue();
            assertThatThrownBy(start::join).hasRootCauseMessage("hud rpc error -32000: tasks.cancel interrupted the task");
            assertThat(environment.events).contains("start cleaned up");
            assertThat(client.start("ok", null).has("prompt")).isTrue();
        }
    }

    @Test
    void closingEndsACallThatRunsInAnotherThread() throws Exception {
        var client = connect();
        client.start("slowgrade", null);
        var grade = inBackground(() -> client.grade(Json.object()));
        Eventually.holds(() -> environment.events.contains("grade waits"));
        client.close();
        assertThatThrownBy(grade::join).hasCauseInstanceOf(EOFException.class).hasMessageContaining("during 'tasks.grade'");
        Eventually.holds(() -> environment.events.contains("grade cleaned up"));
    }

    @Test
    void interruptingTheCallerEndsItsCallAndTheConnection() throws Exception {
        try (var client = connect()) {
            var ended = new CompletableFuture<Throwable>();
            var caller = Thread.ofVirtual().start(() -> {
                try {
                    client.start("slowstart", null);
                } catch (IOException broken) {
                    ended.complete(broken);
                }
            });
            Eventually.holds(() -> environment.events.contains("start waits"));
            caller.interrupt();
            assertThat(ended.join()).hasMessage("interrupted during 'tasks.start'");
            assertThat(client.isOpen()).isFalse();
        }
    }

    @Test
    void namesTheCallDuringWhichTheEnvironmentDied() throws Exception {
        try (var client = connect()) {
            client.start("slowgrade", null);
            var grade = inBackground(() -> client.grade(Json.object()));
            Eventually.holds(() -> environment.events.contains("grade waits"));
            server.close();
            assertThatThrownBy(grade::join).hasCauseInstanceOf(IOException.class).hasMessageContaining("during 'tasks.grade'");
            assertThatThrownBy(() -> client.start("ok", null)).isInstanceOf(IOException.class);
        }
    }

    @Test
    void refusesToSendAFrameAboveTheLimitAndGoesOn() throws Exception {
        try (var client = connect()) {
            var large = Json.object().put("word", "x".repeat(Frames.LIMIT));
            assertThatThrownBy(() -> client.start("ok", large))
                    .isInstanceOf(FrameTooLargeException.class)
                    .hasMessageContaining("'tasks.start' request");
            assertThat(client.start("ok", null).has("prompt")).isTrue();
        }
    }

    @Test
    void waitsForAPortThatOpensLater() throws Exception {
        int port = server.port();
        server.close();
        var refused = new CountDownLatch(1);
        var connecting = inBackground(() -> {
            refused.countDown();
            return ControlClient.connect("127.0.0.1", port, SOON);
        });
        refused.await();
        Eventually.holds(() -> opens(port));
        connecting.join().close();
    }

    /** Not at once if somebody else on this machine was given the port for a moment. */
    private boolean opens(int port) {
        try {
            server = ControlServer.bind(environment, "127.0.0.1", port);
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    @Test
    void triesAgainWhenAProxyAcceptsBeforeTheEnvironmentIsThere() throws Exception {
        try (var proxy = new ServerSocket(0)) {
            var connecting = inBackground(() -> ControlClient.connect("127.0.0.1", proxy.getLocalPort(), SOON));
            proxy.accept().close();
            try (var reset = proxy.accept()) {
                reset.setSoLinger(true, 0);
            }
            try (var third = proxy.accept()) {
                var line = new FrameReader(third.getInputStream()).next();
                assertThat(new String(line)).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"hello\",\"params\":{}}");
                third.getOutputStream().write(hello(1));
                connecting.join().close();
            }
        }
    }

    @Test
    void aWriteThatBreaksIsALostConnectionWhateverKindOfSocketItIs() {
        // what a Unix socket throws where a TCP socket throws a SocketException
        var hungUp = new Socket() {
            private final CountDownLatch closed = new CountDownLatch(1);

            @Override
            public InputStream getInputStream() {
                return new InputStream() {
                    @Override
                    public int read() {
                        awaitEnd(closed);
                        return -1;
                    }
                };
            }

            @Override
            public OutputStream getOutputStream() {
                return new OutputStream() {
                    @Override
                    public void write(int octet) throws IOException {
                        throw new IOException("Broken pipe");
                    }
                };
            }

            @Override
            public void close() {
                closed.countDown();
            }
        };
        try (var connection = new RpcConnection(hungUp)) {
            assertThatThrownBy(() -> connection.call("hello", Json.object(), SOON))
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Broken pipe during 'hello'");
        }
    }

    private static void awaitEnd(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "[{\"name\": \"shell\"}] | 'hello': a capability needs a name, a protocol and a url",
        "[7] | 'hello': a member of the reply is of another type than it should be",
        "{} | 'hello': a member of the reply is of another type than it should be",
    })
    void aHandshakeOfAnotherShapeIsToldInOurWords(String bindings, String reason) throws Exception {
        try (var listener = new ServerSocket(0)) {
            var connecting = inBackground(() -> ControlClient.connect("127.0.0.1", listener.getLocalPort(), SOON));
            try (var socket = listener.accept()) {
                new FrameReader(socket.getInputStream()).next();
                var identity = "{\"name\": \"x\", \"version\": \"1\"}";
                socket.getOutputStream().write(("{\"jsonrpc\": \"2.0\", \"id\": 1, \"result\": {\"session_id\": \"s\", \"env\": " + identity
                        + ", \"bindings\": " + bindings + "}}\n").getBytes(StandardCharsets.UTF_8));
                assertThatThrownBy(connecting::join).hasRootCauseMessage("hud rpc error -32603: " + reason);
            }
        }
    }

    @Test
    void whoeverWorksOnAfterAnErrorIsNotInterruptedByALossThatComesLater() throws Exception {
        var client = connect();
        assertThatThrownBy(() -> client.during(() -> {
                    throw new AssertionError("the work broke");
                }))
                .hasMessage("the work broke");
        server.close();
        Eventually.holds(() -> !client.isOpen());
        assertThat(Thread.interrupted()).isFalse();
        client.close();
    }

    @Test
    void givesUpWhenTheTimeIsOver() throws Exception {
        int port = server.port();
        server.close();
        assertThatThrownBy(() -> ControlClient.connect("127.0.0.1", port, Duration.ofMillis(1))).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "{\"id\":7,\"result\":{}}", "{\"id\":2,\"result\":5}", "{\"id\":2,\"error\":null}", "[]", "garbage",
        "{\"id\":null,\"error\":{\"code\":-32000,\"message\":\"too large\"}}"
    })
    void refusesWhatIsNoReply(String reply) throws Exception {
        try (var listener = new ServerSocket(0)) {
            var connecting = inBackground(() -> ControlClient.connect("127.0.0.1", listener.getLocalPort(), SOON));
            try (var socket = listener.accept()) {
                var frames = new FrameReader(socket.getInputStream());
                frames.next();
                socket.getOutputStream().write(hello(1));
                try (var client = connecting.join()) {
                    var start = inBackground(() -> client.start("ok", null));
                    frames.next();
                    socket.getOutputStream().write((reply + "\n").getBytes());
                    assertThatThrownBy(start::join).hasCauseInstanceOf(IOException.class);
                }
            }
        }
    }

    @Test
    void keepsTheSessionAliveBetweenCalls() throws Exception {
        try (var listener = new ServerSocket(0)) {
            var connecting = inBackground(() -> ControlClient.connect(listener.getLocalSocketAddress(), SOON, BUSY));
            try (var socket = listener.accept()) {
                var frames = new FrameReader(socket.getInputStream());
                frames.next();
                socket.getOutputStream().write(hello(1));
                for (int beat = 2; beat < 5; beat++) {
                    assertThat(Frames.decode(frames.next()).path("params").path("session_id").asString()).isEqualTo("sess-1");
                    socket.getOutputStream().write(hello(beat));
                }
                connecting.join().close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCancelEndsAStartWhosePeerHasStoppedReading(boolean unix, @TempDir Path folder) throws Exception {
        var address = unix ? UnixDomainSocketAddress.of(folder.resolve("s")) : new InetSocketAddress("127.0.0.1", 0);
        try (var peer = new StuckPeer(address)) {
            var client = peer.shakeHands(Heartbeat.Pace.USUAL);
            var start = inBackground(() -> client.start("ok", Json.object().put("word", "x".repeat(12_000_000))));
            peer.awaitBytes();
            assertThat(client.cancel()).isFalse();
            assertThatThrownBy(start::join)
                    .hasCauseInstanceOf(SocketTimeoutException.class)
                    .hasMessage("'tasks.cancel' was not answered within 2000 ms");
            assertThat(client.isOpen()).isFalse();
            client.close();
        }
    }

    @Test
    void aHeartbeatThatIsNotAnsweredEndsWhatGoesOnBetweenTheCalls() throws Exception {
        try (var peer = new StuckPeer(new InetSocketAddress("127.0.0.1", 0));
                var client = peer.shakeHands(new Heartbeat.Pace(Duration.ofMillis(1), Duration.ofMillis(50)))) {
            var interrupted = new AtomicBoolean();
            assertThatThrownBy(() -> client.during(() -> {
                        try {
                            new CountDownLatch(1).await();
                            return "never";
                        } catch (InterruptedException lost) {
                            interrupted.set(true);
                            throw lost;
                        }
                    }))
                    .isInstanceOf(ControlLostException.class)
                    .hasMessage("the control channel was lost: 'hello' was not answered within 50 ms");
            assertThat(interrupted).isTrue();
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    @Test
    void anEnvironmentThatDiesEndsWhatGoesOnBetweenTheCalls() throws Exception {
        try (var client = connect()) {
            assertThatThrownBy(() -> client.during(() -> {
                        server.close();
                        new CountDownLatch(1).await();
                        return "never";
                    }))
                    .isInstanceOf(ControlLostException.class);
            assertThatThrownBy(() -> client.during(() -> "done for nothing")).isInstanceOf(ControlLostException.class);
        }
    }

    @Test
    void whatGoesOnWhileTheConnectionStandsIsLeftAlone() throws Exception {
        var client = connect();
        assertThat(client.during(() -> "done")).isEqualTo("done");
        assertThatThrownBy(() -> client.during(() -> {
                    throw new IllegalStateException("its own fault");
                }))
                .hasMessage("its own fault");
        assertThat(client.during(() -> {
                    client.close();
                    return "closed by ourselves";
                }))
                .isEqualTo("closed by ourselves");
        assertThat(Thread.interrupted()).isFalse();
    }

    /** What a hello does not say again is dropped by the environment. */
    @Test
    void aConnectionThatWasBoundIsSaidAgainWithEveryHeartbeat() throws Exception {
        try (var listener = new ServerSocket(0)) {
            var connecting = inBackground(
                    () -> ControlClient.connect(listener.getLocalSocketAddress(), SOON, new Heartbeat.Pace(Duration.ofMillis(100), SOON)));
            try (var socket = listener.accept()) {
                var frames = new FrameReader(socket.getInputStream());
                frames.next();
                socket.getOutputStream().write(hello(1));
                try (var client = connecting.join()) {
                    var connection = new BoundConnection("inference", "shell", "http://127.0.0.1:7388/inference", Map.of("Authorization", "Bearer k"));
                    var bound = inBackground(() -> {
                        client.bind(List.of(connection));
                        return true;
                    });
                    var seen = new ArrayList<JsonNode>();
                    while (seen.size() < 2) { // a heartbeat may come before
                        var frame = Frames.decode(frames.next());
                        socket.getOutputStream().write(hello(frame.path("id").intValue()));
                        if (frame.path("params").has("connections")) {
                            seen.add(frame.path("params"));
                        }
                    }
                    assertThat(bound.join()).isTrue();
                    assertThat(seen.getLast()).isEqualTo(seen.getFirst());
                    assertThat(seen.getFirst().path("connections").toString()).isEqualTo("[{\"name\":\"inference\",\"capability\":\"shell\","
                            + "\"url\":\"http://127.0.0.1:7388/inference\",\"headers\":{\"Authorization\":\"Bearer k\"}}]");
                    assertThat(connection.clientUrl()).isEqualTo("http://inference-41fe1ec0b035.hud.invalid/inference");
                    assertThat(connection).asString().doesNotContain("Bearer");
                }
            }
        }
    }

    @Test
    void aHeartbeatThatIsRefusedLeavesTheConnection() throws Exception {
        try (var listener = new ServerSocket(0)) {
            var connecting = inBackground(() -> ControlClient.connect(listener.getLocalSocketAddress(), SOON, BUSY));
            try (var socket = listener.accept()) {
                var frames = new FrameReader(socket.getInputStream());
                frames.next();
                socket.getOutputStream().write(hello(1));
                frames.next();
                socket.getOutputStream().write("{\"id\":2,\"error\":{\"code\":-32600,\"message\":\"busy\"}}\n".getBytes());
                try (var client = connecting.join()) {
                    var start = inBackground(() -> client.start("ok", null));
                    assertThat(Frames.decode(frames.next()).path("method").asString()).isEqualTo("tasks.start");
                    socket.getOutputStream().write("{\"id\":3,\"result\":{\"prompt\":1}}\n".getBytes());
                    assertThat(start.join().path("prompt").intValue()).isEqualTo(1);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"true, True", "NaN, nan", "-Infinity, -inf", "1e400, inf", "null, None", "[1], [1]"})
    void refusesAScoreThatIsNoFiniteNumber(String score, String told) throws Exception {
        try (var listener = new ServerSocket(0)) {
            var connecting = inBackground(() -> ControlClient.connect("127.0.0.1", listener.getLocalPort(), SOON));
            try (var socket = listener.accept()) {
                var frames = new FrameReader(socket.getInputStream());
                frames.next();
                socket.getOutputStream().write(hello(1));
                try (var client = connecting.join()) {
                    var grade = inBackground(() -> client.grade(Json.object()));
                    frames.next();
                    socket.getOutputStream().write(("{\"id\":2,\"result\":{\"score\":" + score + "}}\n").getBytes());
                    assertThatThrownBy(grade::join).hasMessage(
                            "hud rpc error -32603: tasks.grade: result must include a finite numeric 'score', got " + told);
                }
            }
        }
    }

    private static byte[] hello(int id) {
        return ("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{\"session_id\":\"sess-1\",\"env\":{\"name\":\"e\",\"version\":\"1\"},"
                        + "\"bindings\":[{\"name\":\"shell\",\"protocol\":\"ssh/2\",\"url\":\"ssh://h:1\",\"params\":null}],"
                        + "\"more\":NaN}}\n")
                .getBytes();
    }

    /** An environment that answers the handshake and reads nothing after it. */
    private static final class StuckPeer implements AutoCloseable {

        private final ServerSocketChannel listener;
        private @Nullable SocketChannel channel;

        StuckPeer(SocketAddress address) throws IOException {
            listener = address instanceof UnixDomainSocketAddress
                    ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                    : ServerSocketChannel.open();
            listener.bind(address);
        }

        ControlClient shakeHands(Heartbeat.Pace pace) throws IOException {
            var connecting = inBackground(() -> ControlClient.connect(listener.getLocalAddress(), SOON, pace));
            channel = listener.accept();
            channel.read(ByteBuffer.allocate(1000));
            channel.write(ByteBuffer.wrap(hello(1)));
            return connecting.join();
        }

        /** Until the client's next call has begun to arrive. */
        void awaitBytes() throws IOException {
            Objects.requireNonNull(channel).read(ByteBuffer.allocate(1));
        }

        @Override
        public void close() throws IOException {
            listener.close();
            if (channel != null) {
                channel.close();
            }
        }
    }

    private interface Call<T> {
        T call() throws Exception;
    }

    private static <T> CompletableFuture<T> inBackground(Call<T> call) {
        var result = new CompletableFuture<T>();
        Thread.ofVirtual().start(() -> {
            try {
                result.complete(call.call());
            } catch (Exception failed) {
                result.completeExceptionally(new CompletionException(failed.getMessage(), failed));
            }
        });
        return result;
    }
}
