// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a raw socket sees, on an environment in Python served by the client and on one in Java. */
class S66HalfCloseAndBusyChannelTests {

    enum Served {
        IN_PYTHON,
        IN_JAVA
    }

    private static final int LARGEST_FRAME = 16 * 1024 * 1024;

    private static final Hud HUD = new Hud().source("faults");
    private static Running python;
    private static Running java;

    @BeforeAll
    static void serve() {
        python = HUD.start("serve", "env.py", "-p", "0");
        java = FaultsInJava.start(HUD);
    }

    @AfterAll
    static void end() {
        python.close();
        java.close();
    }

    @ParameterizedTest
    @EnumSource
    void whileACallRunsOthersAreRefusedAtOnce(Served served) {
        try (var wire = connect(served)) {
            wire.call(1, "tasks.start", Map.of("id", "slowgrade", "args", Map.of("mark", mark("busy"))));
            assertThat(wire.reply().get("result").get("prompt").stringValue()).isEqualTo("Say anything.");
            wire.call(2, "tasks.grade", Map.of("answer", "x"));
            wire.call(3, "hello", Map.of());

            var refused = wire.reply();
            assertThat(refused.get("id").intValue()).isEqualTo(3);
            assertThat(refused.get("error").get("code").intValue()).isEqualTo(-32600);
            assertThat(refused.get("error").get("message").stringValue()).isEqualTo("hello: a task call is still running");

            wire.call(4, "tasks.cancel", Map.of());
            var interrupted = wire.reply();
            assertThat(interrupted.get("id").intValue()).isEqualTo(2);
            assertThat(interrupted.get("error").get("code").intValue()).isEqualTo(-32000);
            assertThat(interrupted.get("error").get("message").stringValue()).isEqualTo("tasks.cancel interrupted the task");
            assertThat(wire.reply().get("result").get("cancelled").booleanValue()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWriteSideClosedDuringAGradeCancelsIt(Served served) {
        var mark = mark("half-closed-" + served);
        try (var wire = connect(served)) {
            wire.call(1, "tasks.start", Map.of("id", "slowgrade", "args", Map.of("mark", mark)));
            wire.reply();
            wire.call(2, "tasks.grade", Map.of("answer", "x"));
            await().atMost(Duration.ofMinutes(1)).until(() -> Path.of(mark + ".begun").toFile().exists());
            wire.closeWriteSide();

            assertThat(wire.reply()).isNull();
            await().atMost(Duration.ofMinutes(1)).until(() -> Path.of(mark).toFile().exists());
        }
        try (var next = connect(served)) {
            next.call(1, "tasks.grade", Map.of("answer", "x"));
            assertThat(next.reply().get("error").get("message").stringValue()).isEqualTo("no task in progress");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aWriteSideClosedDuringAStartLeavesTheTaskToBeGradedLater(Served served) {
        String session;
        try (var wire = connect(served)) {
            wire.call(1, "hello", Map.of());
            session = wire.reply().get("result").get("session_id").stringValue();
            wire.call(2, "tasks.start", Map.of("id", "ok"));
            wire.closeWriteSide();
            assertThat(wire.reply().get("result").get("prompt").stringValue()).isEqualTo("Say anything.");
        }
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
            try (var next = connect(served)) {
                next.call(1, "hello", Map.of("session_id", session));
                assertThat(next.reply().get("result").get("session_id").stringValue()).isEqualTo(session);
                next.call(2, "tasks.grade", Map.of("answer", "x"));
                assertThat(next.reply().get("result").get("score").doubleValue()).isEqualTo(1.0);
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void aLineThatIsNoJsonClosesTheConnection(Served served) {
        try (var wire = connect(served)) {
            wire.raw("garbage\n");
            assertThat(wire.reply()).isNull();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aFrameAboveTheLimitIsAnsweredWithoutAnIdAndTheConnectionCloses(Served served) {
        try (var wire = connect(served)) {
            var start = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"hello\",\"params\":{\"x\":\"";
            wire.raw(start + "x".repeat(LARGEST_FRAME + 1 - start.length() - 3) + "\"}}\n");

            var refused = wire.reply();
            // A sender that is still writing may be cut off before it reads the reply.
            if (refused != null) {
                assertThat(refused.get("id").isNull()).isTrue();
                assertThat(refused.get("error").get("message").stringValue()).contains("16777216");
                assertThat(wire.reply()).isNull();
            }
        }
    }

    private static Wire connect(Served served) {
        var server = served == Served.IN_PYTHON ? python : java;
        return new Wire(Integer.parseInt(server.waitFor("(?m)^HUD_SERVE_PORT=(\\d+)", Duration.ofMinutes(1)).group(1)));
    }

    private static String mark(String name) {
        return HUD.folder.resolve(name).toString();
    }
}
