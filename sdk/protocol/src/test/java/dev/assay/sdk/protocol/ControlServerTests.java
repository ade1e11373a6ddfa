// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client without manners may say, and what it hears. */
class ControlServerTests {

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

    private RawPeer connect() throws IOException {
        return new RawPeer(server.port());
    }

    @Test
    void saysHelloWithMembersInTheirOrder() throws IOException {
        try (var peer = connect()) {
            assertThat(peer.ask(1, "hello", "{}"))
                    .matches("\\{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\\{\"session_id\":\"sess-[0-9a-f]{8}\","
                            + "\"env\":\\{\"name\":\"fake\",\"version\":\"0.0.1\"},\"bindings\":\\[]}}");
        }
    }

    @Test
    void runsATaskFromStartToGradeWithoutAnyHello() throws IOException {
        try (var peer = connect()) {
            assertThat(peer.ask(1, "tasks.start", "{\"id\":\"ok\"}")).contains("\"result\":{\"prompt\":\"do it in sess-");
            assertThat(peer.ask("\"two\"", "tasks.grade", "{\"answer\":\"é\"}"))
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":\"two\",\"result\":{\"score\":1.0,\"answer\":\"\\u00E9\"}}");
            assertThat(environment.events).containsExactly("ok closed");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "hello | {\"session_id\":5} | -32602 | hello: 'session_id' must be a string",
                "hello | {\"session_id\":\"sess-0\"} | -32600 | unknown session: 'sess-0'",
                "hello | {\"connections\":null} | -32602 | hello: 'connections' must be a list",
                "hello | {\"workspace_routes\":5} | -32602 | hello: 'workspace_routes' must be a list",
                "hello | {\"workspace_routes\":[{\"capability\":\"shell\",\"host\":\"db\",\"port\":1}]} | -32000"
                        + " | workspace capability 'shell' does not exist",
                "tasks.start | {} | -32602 | tasks.start: 'id' must be a string",
                "tasks.start | {\"id\":\"ok\",\"args\":[]} | -32602 | tasks.start: 'args' must be an object",
                "tasks.start | {\"id\":\"nope\"} | -32602 | unknown task: 'nope'",
                "tasks.start | {\"id\":\"ok\",\"args\":{\"wrong\":1}} | -32000 | bad args",
                "tasks.start | {\"id\":\"badstart\"} | -32000 | setup broke",
                "tasks.grade | {\"answer\":1} | -32600 | no task in progress",
                "tunnel.open | {\"capability\":\"x\"} | -32601 | method not found: tunnel.open",
                "tasks.grade | [1] | -32000 | params must be an object",
            })
    void answersWithTheErrorsThatClientsKnow(String method, String params, int code, String message) throws IOException {
        try (var peer = connect()) {
            peer.ask(1, "hello", "{}");
            assertThat(peer.ask(2, method, params))
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":" + code + ",\"message\":\"" + message + "\"}}");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "workspace_routes | {\"capability\":\"shell\",\"host\":\"db\",\"port\":1}"
                        + " | workspace route for 'shell' requires an isolated network",
                "workspace_routes | {\"capability\":\"ssh\",\"host\":\"db\",\"port\":1} | workspace capability 'ssh' is ambiguous: shell, other",
                "workspace_routes | {\"capability\":\"tools\",\"host\":\"db\",\"port\":1} | workspace capability 'tools' does not exist",
                "connections | {\"name\":\"a\",\"capability\":\"shell\",\"url\":\"http://x\",\"headers\":{\"A\":\"b\"}}"
                        + " | workspace capability 'shell' does not support process-bound connections",
            })
    void refusesWaysOutOfAWorkspaceThatHasNoWalls(String member, String asked, String message) throws IOException {
        environment.capabilities = List.of(
                new Capability("shell", "ssh/2", "ssh://127.0.0.1:1"), new Capability("other", "ssh/2", "ssh://127.0.0.1:2"),
                new Capability("tools", "mcp/2025-11-25", "http://127.0.0.1:3"));
        try (var peer = connect()) {
            assertThat(peer.ask(1, "hello", "{\"" + member + "\":[" + asked + "]}"))
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32000,\"message\":\"" + message + "\"}}");
        }
    }

    @Test
    void answersNoNotification() throws IOException {
        try (var peer = connect()) {
            peer.send("{\"method\":\"hello\"}").send("{\"id\":null,\"method\":\"nope\"}");
            assertThat(peer.ask(3, "tasks.cancel", "{}")).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":{\"cancelled\":true}}");
        }
    }

    @Test
    void parksATaskWhenItsConnectionGoesAndLetsAnotherGradeIt() throws IOException {
        try (var peer = connect()) {
            peer.ask(1, "tasks.start", "{\"id\":\"ok\"}");
        }
        try (var peer = connect()) {
            awaitGrade(peer);
        }
    }

    /** The server may notice only now that the first connection is gone. */
    private void awaitGrade(RawPeer peer) {
        Eventually.holds(() -> {
            try {
                return peer.ask(1, "tasks.grade", "{\"answer\":\"a\"}").contains("\"score\":1.0");
            } catch (IOException failed) {
                throw new AssertionError(failed);
            }
        });
    }

    @Test
    void adoptsNoTaskWhenSeveralAreParkedButLetsASessionBeResumed() throws IOException {
        var one = start("ok");
        var two = start("ok");
        var sorted = one.compareTo(two) < 0 ? one + ", " + two : two + ", " + one;
        try (var peer = connect()) {
            assertThat(peer.ask(1, "tasks.grade", "{}"))
                    .contains("2 parked sessions (" + sorted + "); resume one by sending hello with its session_id");
            assertThat(peer.ask(2, "hello", "{\"session_id\":\"" + two + "\"}")).contains("\"session_id\":\"" + two + "\"");
            assertThat(peer.ask(3, "tasks.grade", "{}")).contains("\"score\":1.0");
            assertThat(peer.ask(4, "tasks.grade", "{}")).contains("\"score\":1.0");
            assertThat(peer.ask(5, "tasks.grade", "{}")).contains("no task in progress");
        }
    }

    @Test
    void refusesASessionThatIsStillConnected() throws IOException {
        try (var peer = connect();
                var other = connect()) {
            var session = session(peer.ask(1, "hello", "{}"));
            peer.ask(2, "tasks.start", "{\"id\":\"ok\"}");
            assertThat(other.ask(1, "hello", "{\"session_id\":\"" + session + "\"}"))
                    .contains("-32600,\"message\":\"session '" + session + "' has a live connection\"");
            assertThat(peer.ask(3, "hello", "{\"session_id\":\"" + session + "\"}")).contains(session);
        }
    }

    private String start(String task) throws IOException {
        try (var peer = connect()) {
            var session = session(peer.ask(1, "hello", "{}"));
            peer.ask(2, "tasks.start", "{\"id\":\"" + task + "\"}");
            // the server hangs up when the task is parked, not before
            assertThat(peer.halfClose().read()).isEqualTo("<end>");
            return session;
        }
    }

    private static String session(String hello) {
        return hello.replaceAll(".*\"session_id\":\"([^\"]*)\".*", "$1");
    }

    @Test
    void closesThePreviousTaskOnlyWhenTheNextOneExists() throws IOException {
        try (var peer = connect()) {
            peer.ask(1, "tasks.start", "{\"id\":\"ok\"}");
            peer.ask(2, "tasks.start", "{\"id\":\"nope\"}");
            assertThat(environment.events).isEmpty();
            peer.ask(3, "tasks.start", "{\"id\":\"badgrade\"}");
            assertThat(environment.events).containsExactly("ok closed");
            assertThat(peer.ask(4, "tasks.grade", "{}")).contains("grader broke");
            assertThat(peer.ask(5, "tasks.grade", "{}")).contains("no task in progress");
        }
    }

    @Test
    void refusesAllButCancelWhileATaskCallRuns() throws IOException {
        try (var peer = connect()) {
            peer.call(1, "tasks.start", "{\"id\":\"slowstart\"}");
            for (var method : new String[] {"hello", "tasks.list", "tasks.start", "tasks.grade", "nonsense"}) {
                assertThat(peer.ask(2, method, "{}")).contains("-32600,\"message\":\"" + method + ": a task call is still running\"");
            }
            environment.release.countDown();
            assertThat(peer.read()).startsWith("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"prompt\"");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "slowstart, tasks.cancel, cancelled",
        "slowgrade, tasks.cancel, cancelled",
        "slowstart, bye, goodbye",
        "slowgrade, bye, goodbye"
    })
    void cancelStopsARunningCallWhichAnswersFirst(String task, String method, String answer) throws IOException {
        try (var peer = connect()) {
            if (task.equals("slowgrade")) {
                peer.ask(1, "tasks.start", "{\"id\":\"slowgrade\"}");
                peer.call(2, "tasks.grade", "{}");
            } else {
                peer.call(2, "tasks.start", "{\"id\":\"slowstart\"}");
            }
            Eventually.holds(() -> !environment.events.isEmpty());
            assertThat(peer.ask(3, method, "{}"))
                    .isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":-32000,\"message\":\"%s interrupted the task\"}}"
                            .formatted(method));
            assertThat(environment.events).hasSize(3).contains(task.substring(4) + " cleaned up", task + " closed");
            assertThat(peer.read()).isEqualTo("{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":{\"" + answer + "\":true}}");
            assertThat(method.equals("bye") ? peer.read() : peer.ask(4, "tasks.grade", "{}")).containsAnyOf("<end>", "no task in progress");
        }
    }

    @Test
    void letsAStartFinishAndParkWhenThePeerStopsTalking() throws IOException {
        try (var peer = connect()) {
            peer.call(1, "tasks.start", "{\"id\":\"slowstart\"}").halfClose();
            environment.release.countDown();
            assertThat(peer.read()).contains("\"prompt\"");
            assertThat(peer.read()).isEqualTo("<end>");
        }
        try (var peer = connect()) {
            awaitGrade(peer);
        }
    }

    @Test
    void cancelsAGradeWhenThePeerStopsTalking() throws IOException {
        try (var peer = connect()) {
            peer.ask(1, "tasks.start", "{\"id\":\"slowgrade\"}");
            peer.call(2, "tasks.grade", "{}");
            Eventually.holds(() -> environment.events.contains("grade waits"));
            assertThat(peer.halfClose().read()).isEqualTo("<end>");
        }
        assertThat(environment.events).containsExactly("grade waits", "grade cleaned up", "slowgrade closed");
        try (var peer = connect()) {
            assertThat(peer.ask(1, "tasks.grade", "{}")).contains("no task in progress");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage", "", "[1,2]", "5", "{\"id\":1", "null"})
    void closesWithoutAWordOnWhatIsNoRequest(String line) throws IOException {
        try (var peer = connect()) {
            assertThat(peer.send(line).read()).isEqualTo("<end>");
        }
        try (var peer = connect()) {
            peer.ask(1, "hello", "{}");
            assertThat(peer.send(line).read()).isEqualTo("<end>");
        }
    }

    @Test
    void cancelsAStartOnGarbage() throws IOException {
        try (var peer = connect()) {
            peer.call(1, "tasks.start", "{\"id\":\"slowstart\"}");
            Eventually.holds(() -> !environment.events.isEmpty());
            assertThat(peer.send("garbage").read()).isEqualTo("<end>");
        }
        assertThat(environment.events).contains("start cleaned up", "slowstart closed");
    }

    @Test
    void takesALastLineWithoutItsNewline() throws IOException {
        try (var peer = connect()) {
            peer.sendRaw("{\"id\":1,\"method\":\"tasks.cancel\"}".getBytes()).halfClose();
            assertThat(peer.read()).contains("cancelled");
        }
    }

    @Test
    void takesAFrameOfExactlyTheLimit() throws IOException {
        try (var peer = connect()) {
            peer.ask(1, "tasks.start", "{\"id\":\"ok\"}");
            assertThat(peer.sendRaw(grade(Frames.LIMIT)).read()).contains("response is 167");
            assertThat(peer.ask(2, "tasks.grade", "{}")).contains("no task in progress");
        }
    }

    @Test
    void refusesAFrameOfOneByteMoreAndKeepsTheTask() throws IOException {
        try (var peer = connect()) {
            peer.ask(1, "tasks.start", "{\"id\":\"ok\"}");
            assertThat(peer.sendRaw(grade(Frames.LIMIT + 1)).read())
                    .startsWith("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32000,\"message\":\"Control-channel frame ");
            assertThat(peer.read()).isEqualTo("<end>");
        }
        try (var peer = connect()) {
            awaitGrade(peer);
        }
    }

    private static byte[] grade(int length) {
        var head = "{\"id\":1,\"method\":\"tasks.grade\",\"params\":{\"answer\":\"";
        return (head + "x".repeat(length - head.length() - 3) + "\"}}\n").getBytes();
    }

    @Test
    void cancelsATaskWhosePromptIsTooLargeToSend() throws IOException {
        try (var peer = connect()) {
            assertThat(peer.ask(1, "tasks.start", "{\"id\":\"hugestart\"}"))
                    .contains("-32000", "Control-channel response is 167", "limit is 16777216 bytes (excluding the newline).");
            assertThat(environment.events).containsExactly("hugestart closed");
            assertThat(peer.ask(2, "tasks.grade", "{}")).contains("no task in progress");
        }
    }

    @Test
    void endsEveryTaskWhenItCloses() throws IOException {
        start("ok");
        try (var peer = connect()) {
            peer.call(1, "tasks.start", "{\"id\":\"slowstart\"}");
            Eventually.holds(() -> environment.events.contains("start waits"));
            server.close();
            assertThat(environment.events).contains("ok closed", "start cleaned up", "slowstart closed");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"deafstart", "deafopen"})
    void aStartThatOutlivesItsCancelLeavesTheNextTaskAlone(String deaf) throws IOException {
        try (var peer = connect()) {
            peer.call(1, "tasks.start", "{\"id\":\"" + deaf + "\"}");
            Eventually.holds(() -> !environment.events.isEmpty());
            assertThat(peer.ask(2, "tasks.cancel", "{}")).contains("\"id\":1", "interrupted the task");
            assertThat(peer.read()).contains("\"id\":2", "cancelled");
            assertThat(peer.ask(3, "tasks.start", "{\"id\":\"ok\"}")).contains("\"prompt\"");
            environment.release.countDown();
            var goesOn = deaf.substring(4) + " goes on";
            Eventually.holds(() -> environment.events.contains(goesOn)
                    && environment.events.lastIndexOf(deaf + " closed") > environment.events.indexOf(goesOn));
            assertThat(environment.events).doesNotContain("ok closed");
            assertThat(peer.ask(4, "tasks.grade", "{}")).contains("\"score\":1.0");
        }
    }

    @ParameterizedTest
    @MethodSource
    void whatPythonReadsAndWritesComesBackAsItWasSent(String answer, String echoed) throws IOException {
        try (var peer = connect()) {
            peer.ask(1, "tasks.start", "{\"id\":\"ok\"}");
            assertThat(peer.ask(2, "tasks.grade", "{\"answer\":" + answer + "}")).contains("\"answer\":" + echoed + "}");
        }
    }

    static Stream<Arguments> whatPythonReadsAndWritesComesBackAsItWasSent() {
        var deep = "[".repeat(900) + "]".repeat(900);
        var longKey = "{\"" + "k".repeat(60_000) + "\":1}";
        var digits = "9".repeat(4000);
        return Stream.of(
                Arguments.of(deep, deep),
                Arguments.of(longKey, longKey),
                Arguments.of(digits, digits),
                Arguments.of("\"\\ud83d x\"", "\"\\uD83D x\""),
                Arguments.of("\"\\ude00\\ud83d\"", "\"\\uDE00\\uD83D\""),
                Arguments.of("1,\"answer\":{\"a\":1,\"a\":2}", "{\"a\":2}"),
                Arguments.of("[NaN,-Infinity]", "[NaN,-Infinity]"));
    }

    @Test
    void echoesAnIdOfAnySize() throws IOException {
        var id = "7".repeat(4000);
        try (var peer = connect()) {
            assertThat(peer.ask(id, "nonsense", "{}")).startsWith("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"error\"");
        }
    }

    @Test
    void anErrorWhoseIdDoesNotFitIntoAFrameComesWithoutIt() throws IOException {
        var id = "\"" + "x".repeat(Frames.LIMIT - 100) + "\"";
        try (var peer = connect()) {
            assertThat(peer.ask(id, "n".repeat(40), "{}"))
                    .startsWith("{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32000,\"message\":\"Control-channel response is 167");
            assertThat(peer.ask(2, "tasks.cancel", "{}")).contains("cancelled");
        }
    }

    @Test
    void aSessionIsResumedEvenIfWhatElseItsHelloAsksForIsRefused() throws IOException {
        var session = start("ok");
        try (var peer = connect()) {
            assertThat(peer.ask(1, "hello", "{\"session_id\":\"" + session + "\",\"connections\":5}")).contains("-32602");
            assertThat(peer.ask(2, "hello", "{}")).contains("\"session_id\":\"" + session + "\"");
            assertThat(peer.ask(3, "tasks.grade", "{}")).contains("\"score\":1.0");
        }
    }

    @Test
    void whoeverIsCutOffReachesItNoMore() throws IOException {
        for (int i = 0; i < 100; i++) {
            var closed = ControlServer.bind(environment, "127.0.0.1", 0);
            try (var peer = new RawPeer(closed.port())) {
                peer.ask(1, "hello", "{}");
                Thread.startVirtualThread(closed::close);
                assertThat(peer.read()).isEqualTo("<end>");
            }
            assertThatThrownBy(() -> new RawPeer(closed.port()).close()).isInstanceOf(ConnectException.class);
        }
    }
}
