// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlClientTests {

    private static final Duration SOON = Duration.ofSeconds(10);

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
        server = ControlServer.bind(environment, "127.0.0.1", port);
        connecting.join().close();
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
            var connecting = inBackground(() -> ControlClient.connect(listener.getLocalSocketAddress(), SOON, Duration.ofMillis(1)));
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

    private static byte[] hello(int id) {
        return ("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":{\"session_id\":\"sess-1\",\"env\":{\"name\":\"e\",\"version\":\"1\"},"
                        + "\"bindings\":[{\"name\":\"shell\",\"protocol\":\"ssh/2\",\"url\":\"ssh://h:1\",\"params\":null}],"
                        + "\"more\":NaN}}\n")
                .getBytes();
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
