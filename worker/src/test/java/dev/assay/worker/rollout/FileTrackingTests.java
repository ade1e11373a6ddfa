// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assay.sdk.environment.Environment;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.ControlClient;
import dev.assay.sdk.protocol.FrameReader;
import dev.assay.sdk.protocol.FrameTooLargeException;
import dev.assay.sdk.protocol.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.node.ObjectNode;

class FileTrackingTests {

    @Test
    void aLineWithoutEndIsNotReadToItsEnd() {
        var endless = new Endless();
        assertThatExceptionOfType(FrameTooLargeException.class).isThrownBy(() -> FileTracking.reply(new FrameReader(endless), "diff"));
        assertThat(endless.read).isLessThan(20L << 20);
    }

    @Test
    void aReplyIsRead() throws Exception {
        var line = "{\"id\":1,\"result\":{\"files_changed\":2}}\n".getBytes(StandardCharsets.UTF_8);
        assertThat(FileTracking.reply(new FrameReader(new ByteArrayInputStream(line)), "diff").path("files_changed").asInt()).isEqualTo(2);
    }

    @Test
    @Timeout(60)
    void aLookThatFailsIsMadeUpForByTheNextAndTheLastOneIsTaken() throws Exception {
        try (var tracker = new FakeTracker();
                var server = Environment.named("offering").capability(tracker.capability()).bind("127.0.0.1", 0);
                var client = ControlClient.connect("127.0.0.1", server.port(), Duration.ofSeconds(10))) {
            tracker.answers.put("setup", new ArrayDeque<>(List.of("\"result\":{\"files_changed\":0}")));
            tracker.answers.put("snapshot", new ArrayDeque<>(List.of("\"result\":{\"files_scanned\":3}")));
            tracker.answers.put("diff", new ArrayDeque<>(List.of(
                    "\"error\":{\"code\":-32000,\"message\":\"disk busy\"}", "\"result\":{\"files_changed\":0}", "\"result\":[]",
                    "\"result\":{\"files_changed\":2}")));
            tracker.answers.put("flush", new ArrayDeque<>(List.of(
                    "\"result\":{\"diff\":{\"files_changed\":1},\"capture\":{\"files_captured\":1}}")));
            var spans = new LinkedBlockingQueue<ObjectNode>();
            var tracking = FileTracking.start(client, "0123456789abcdef0123456789abcdef", spans::add, Clock.systemUTC(), Duration.ofMillis(1));
            assertThat(names(spans, 3)).containsExactly("filetracking.setup", "filetracking.snapshot", "filetracking.diff");
            tracking.close();
            assertThat(names(spans, 2)).containsExactly("filetracking.diff", "filetracking.capture");
            assertThat(spans).isEmpty();
            assertThat(tracker.asked).startsWith("setup", "snapshot", "diff", "diff", "diff", "diff").endsWith("flush");
        }
    }

    /** A line of a few MiB that would be hundreds as a tree. */
    @Test
    void aLineOfTooManyPiecesIsNotBuilt() {
        var line = ("{\"result\":{\"x\":[" + "{\"\":{}},".repeat(400_000) + "1]}}\n").getBytes(StandardCharsets.UTF_8);
        assertThatExceptionOfType(FileTracking.TooManyTokensException.class)
                .isThrownBy(() -> FileTracking.reply(new FrameReader(new ByteArrayInputStream(line)), "diff"));
    }

    @Test
    @Timeout(60)
    void anAnswerOfMoreThanAnyWorkspaceHasEndsTheWatchAndIsSaid() throws Exception {
        try (var tracker = new FakeTracker();
                var server = Environment.named("offering").capability(tracker.capability()).bind("127.0.0.1", 0);
                var client = ControlClient.connect("127.0.0.1", server.port(), Duration.ofSeconds(10))) {
            tracker.answers.put("setup", new ArrayDeque<>(List.of("\"result\":{\"files_changed\":0}")));
            tracker.answers.put("snapshot", new ArrayDeque<>(List.of("\"result\":{\"x\":\"" + "x".repeat(FileTracking.LONGEST_LINE) + "\"}")));
            var spans = new LinkedBlockingQueue<ObjectNode>();
            FileTracking.start(client, "0123456789abcdef0123456789abcdef", spans::add, Clock.systemUTC(), Duration.ofMillis(1)).close();
            assertThat(names(spans, 1)).containsExactly("filetracking.setup");
            var last = spans.take();
            assertThat(last.path("name").stringValue()).isEqualTo("filetracking.ended");
            assertThat(last.path("status_code").stringValue()).isEqualTo("ERROR");
            assertThat(last.path("status_message").stringValue()).contains("more than 25165824 bytes");
        }
    }

    @Test
    void anEnvironmentThatOffersNoneIsNotWatched() throws Exception {
        var shell = new Capability("shell", "ssh/2", "ssh://127.0.0.1:1");
        try (var server = Environment.named("offering").capability(shell).bind("127.0.0.1", 0);
                var client = ControlClient.connect("127.0.0.1", server.port(), Duration.ofSeconds(10))) {
            var spans = new LinkedBlockingQueue<ObjectNode>();
            FileTracking.start(client, "0123456789abcdef0123456789abcdef", spans::add, Clock.systemUTC()).close();
            assertThat(spans).isEmpty();
        }
    }

    private static List<String> names(BlockingQueue<ObjectNode> spans, int count) throws InterruptedException {
        var names = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            names.add(spans.take().path("name").stringValue());
        }
        return names;
    }

    /** A workspace's tracker: says to each question what a test tells it to, and without end that nothing changed. */
    private static final class FakeTracker implements AutoCloseable {

        private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final Map<String, Deque<String>> answers = new ConcurrentHashMap<>();
        private final List<String> asked = new CopyOnWriteArrayList<>();

        FakeTracker() throws IOException {
            Thread.ofVirtual().start(() -> {
                try (var socket = listener.accept()) {
                    var lines = new FrameReader(socket.getInputStream());
                    for (var line = lines.next(); line != null; line = lines.next()) {
                        var question = Json.MAPPER.readTree(line);
                        var method = question.path("method").stringValue();
                        asked.add(method);
                        var answer = Optional.ofNullable(answers.get(method).poll()).orElse("\"result\":{\"files_changed\":0}");
                        var reply = "{\"jsonrpc\":\"2.0\",\"id\":" + question.path("id") + "," + answer + "}\n";
                        socket.getOutputStream().write(reply.getBytes(StandardCharsets.UTF_8));
                    }
                } catch (IOException closed) {
                    // the test is over
                }
            });
        }

        Capability capability() {
            return new Capability(
                    "files", "filetracking/1", "tcp://127.0.0.1:" + listener.getLocalPort(), Json.object().put("setup_diff", true));
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }

    private static final class Endless extends InputStream {

        private long read;

        @Override
        public int read() {
            read++;
            return 'x';
        }

        @Override
        public int read(byte[] buffer, int offset, int length) {
            Arrays.fill(buffer, offset, offset + length, (byte) 'x');
            read += length;
            return length;
        }
    }
}
