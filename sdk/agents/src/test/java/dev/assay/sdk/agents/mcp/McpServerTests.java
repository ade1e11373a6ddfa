// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.mcp;

import static dev.assay.sdk.agents.mcp.FakeServer.result;
import static dev.assay.sdk.agents.mcp.FakeServer.send;
import static dev.assay.sdk.agents.mcp.FakeServer.stream;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.sdk.agents.mcp.FakeServer.Answer;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers of tools as they should be, and as strangers may write them. */
@Timeout(60)
class McpServerTests {

    private static final String TRACE = "0123456789abcdef0123456789abcdef";
    private static final Duration SOON = Duration.ofMillis(300);

    private final FakeServer fake;

    McpServerTests() throws IOException {
        fake = new FakeServer();
    }

    @AfterEach
    void close() {
        fake.close();
    }

    @Test
    void aSessionIsBegunKeptAndEndedAsTheProtocolHasIt() throws Exception {
        try (var server = connect()) {
            assertThat(server.tools()).extracting("name").containsExactly("add");
            assertThat(server.call("add", Json.object().put("a", 1)).text()).isEqualTo("done");
        }
        assertThat(fake.methods()).containsExactly("initialize", "notifications/initialized", "tools/list", "tools/call");
        assertThat(fake.headers).containsExactly(
                "POST null null Bearer sesame at 127.0.0.1:9",
                "POST session-1 2025-11-25 Bearer sesame at 127.0.0.1:9",
                "POST session-1 2025-11-25 Bearer sesame at 127.0.0.1:9",
                "POST session-1 2025-11-25 Bearer sesame at 127.0.0.1:9",
                "DELETE session-1 2025-11-25 Bearer sesame at 127.0.0.1:9");
        assertThat(fake.heard.getLast().get("params"))
                .isEqualTo(FakeServer.read("{'name': 'add', 'arguments': {'a': 1}, '_meta': {'hud/trace-id': '" + TRACE + "'}}"));
    }

    @Test
    void schemasAndResultsAreHandedOnAsTheyCame() throws Exception {
        fake.lists((request, exchange) -> result(request.path("params").path("cursor").asString("").isEmpty()
                        ? "{'tools': [{'name': 'a', 'description': 'A', 'inputSchema': {'$defs': {'x': 1}, 'odd': [null]}}],"
                                + " 'nextCursor': '2'}"
                        : "{'tools': [{'name': 'b.c', 'inputSchema': {}}]}")
                .to(request, exchange));
        fake.calls(result("{'content': [{'type': 'image', 'data': 'AAAA', 'mimeType': 'image/png', 'odd': 1},"
                + " {'type': 'resource', 'resource': {'uri': 'x:', 'blob': ''}}], 'structured_content': {'result': 1}, 'is_error': true}"));
        try (var server = connect()) {
            var tools = server.tools();
            assertThat(tools).extracting("name").containsExactly("a", "b.c");
            assertThat(tools).extracting("description").containsExactly("A", null);
            assertThat(tools.getFirst().parameters()).isEqualTo(FakeServer.read("{'$defs': {'x': 1}, 'odd': [null]}"));
            var outcome = server.call("a", Json.object());
            assertThat(outcome.content().getFirst().path("odd").intValue()).isEqualTo(1);
            assertThat(outcome.structured()).isEqualTo(FakeServer.read("{'result': 1}"));
            assertThat(outcome.failed()).isTrue();
            fake.calls(result("{}"));
            assertThat(server.call("a", Json.object()).content()).isEmpty();
        }
    }

    @Test
    void aReplyMayComeAmongEventsAndAServerThatAsksMeanwhileIsAnswered() throws Exception {
        fake.calls((request, exchange) -> {
            try (var out = stream(exchange, "text/event-stream; charset=utf-8")) {
                var events = ": a comment\n\nevent: message\nid: 1\n"
                        + "data: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/message\",\"params\":{}}\n\n"
                        + "data: {\"jsonrpc\":\"2.0\",\"id\":" + request.get("id") + ",\"method\":\"ping\"}\n\n"
                        + "data: {\"jsonrpc\":\"2.0\",\"id\":\"q\",\"method\":\"sampling/createMessage\"}\r\n\r\n"
                        + "data: " + FakeServer.reply(request, "{'content': []}").replace("\"jsonrpc\"", "\ndata: \"jsonrpc\"") + "\n\n";
                out.write(events.getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        });
        try (var server = connect()) {
            assertThat(server.call("add", Json.object()).content()).isEmpty();
        }
        await().untilAsserted(() -> assertThat(fake.heard).filteredOn(message -> !message.has("method"))
                .extracting(message -> message.has("result") ? "lives" : message.path("error").path("code").intValue())
                .containsExactlyInAnyOrder("lives", -32601));
    }

    @Test
    void garbageIsAnErrorOfThatCallAndTheNextOneWorks() throws Exception {
        try (var server = connect()) {
            fails(server, result("[1]"), "tools/call is none");
            fails(server, (request, exchange) -> send(exchange, 200, "application/json", "<html>"), "no JSON");
            fails(server, (request, exchange) -> send(exchange, 200, "application/json", "[]"), "no reply to what it was asked");
            fails(server, (request, exchange) -> send(exchange, 200, "application/json", "{\"id\":999,\"result\":{}}"), "no reply");
            fails(server, (request, exchange) -> send(exchange, 200, "text/event-stream", "data: {\n\n"), "no JSON");
            fails(server, (request, exchange) -> send(exchange, 200, "text/event-stream", "data: {}\n\n"), "without a reply");
            fails(server, (request, exchange) -> send(exchange, 202, "text/plain", ""), "no reply");
            fails(server, (request, exchange) -> send(exchange, 503, "text/plain", "busy"), "503: busy");
            fails(server, (request, exchange) -> exchange.close(), "connection to the server was lost");
            fails(server, result("{'content': 'text'}"), "no content blocks");
            fails(server, result("{'content': [{'type': 'image', 'data': 1}]}"), "a content block that is none");
            fails(server, (request, exchange) -> send(exchange, 200, "application/json",
                    "{\"id\":" + request.get("id") + ",\"result\":" + "[".repeat(100_000)), "no JSON");
            fake.calls(result("{'content': [{'type': 'text', 'text': 'well'}]}"));
            assertThat(server.call("add", Json.object()).text()).isEqualTo("well");
        }
    }

    @Test
    void aRefusalIsAnAnswerAndNoMoreOfItIsToldThanIsRead() throws Exception {
        try (var server = connect()) {
            fake.calls((request, exchange) -> send(exchange, 200, "application/json", "{\"id\":" + request.get("id")
                    + ",\"error\":{\"code\":-32602,\"message\":\"Unknown tool " + "x".repeat(1 << 20) + "\"}}"));
            var outcome = server.call("nope", Json.object());
            assertThat(outcome.failed()).isTrue();
            assertThat(outcome.text()).startsWith("tool error: Unknown tool xxx").hasSizeLessThan(2100);
        }
    }

    @Test
    void aCallIsMadeOnceHoweverTheServerRefusesIt() throws Exception {
        try (var server = connect()) {
            for (int status : new int[] {408, 503}) {
                fails(server, (request, exchange) -> {
                    exchange.getResponseHeaders().set("Retry-After", "0");
                    send(exchange, status, "text/plain", "later");
                }, status + ": later");
            }
        }
        assertThat(fake.methods()).filteredOn("tools/call"::equals).hasSize(2);
    }

    @Test
    void aReplyToThePingThatIsNotTakenDoesNotHarmTheCall() throws Exception {
        fake.replies((reply, exchange) -> send(exchange, 500, "text/plain", ""));
        fake.calls((request, exchange) -> {
            try (var out = stream(exchange, "text/event-stream")) {
                out.write("data: {\"id\":5,\"method\":\"ping\"}\n\n".getBytes(StandardCharsets.UTF_8));
                out.flush();
                await().until(() -> fake.methods().contains("reply"));
                out.write(("data: " + FakeServer.reply(request, "{'content': []}") + "\n\n").getBytes(StandardCharsets.UTF_8));
            }
        });
        try (var server = connect()) {
            assertThat(server.call("add", Json.object()).content()).isEmpty();
        }
    }

    @Test
    void anAnswerOfFiftyMegabytesIsNotHeld() throws Exception {
        try (var server = connect()) {
            fails(server, large("application/json", ""), "longer than 10485760 bytes");
            fails(server, large("text/event-stream", "data: "), "longer than 10485760 bytes");
            fails(server, (request, exchange) -> {
                try (var out = stream(exchange, "text/event-stream")) {
                    for (int line = 0; line < 50; line++) {
                        out.write(("data: " + "x".repeat(1 << 20) + "\n").getBytes(StandardCharsets.US_ASCII));
                    }
                }
            }, "longer than 10485760 bytes");
        }
    }

    private static Answer large(String type, String before) {
        return (request, exchange) -> {
            try (var out = stream(exchange, type)) {
                out.write(before.getBytes(StandardCharsets.US_ASCII));
                for (int megabyte = 0; megabyte < 50; megabyte++) {
                    out.write("x".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII));
                }
            }
        };
    }

    @Test
    void aListThatIsNoneOrHasNoEndIsRefused() throws Exception {
        try (var server = connect()) {
            fake.lists(result("{'tools': [{'name': 'a', 'inputSchema': {}}], 'nextCursor': 'again'}"));
            assertThatThrownBy(server::tools).isInstanceOf(McpException.class).hasMessageContaining("has no end");
            fake.lists(result("{'tools': {}}"));
            assertThatThrownBy(server::tools).isInstanceOf(McpException.class).hasMessageContaining("lists no tools");
            fake.lists(result("{'tools': [{'name': 'a'}]}"));
            assertThatThrownBy(server::tools).isInstanceOf(McpException.class).hasMessageContaining("without a name or a schema");
        }
    }

    @Test
    void aServerThatSaysNothingIsWaitedForNoLongerThanThat() {
        var never = new CountDownLatch(1);
        fake.greets((request, exchange) -> never.await());
        assertThatThrownBy(() -> McpServer.connect(fake.capability(), fake.route(), TRACE, SOON))
                .isInstanceOf(McpException.class)
                .hasMessageContaining("the tools of 'tools' cannot be reached: the server did not answer in time");
        never.countDown();
    }

    @Test
    void aServerThatIsNotThereYetIsDialledAgain() throws Exception {
        var dials = new AtomicInteger();
        try (var server = McpServer.connect(fake.capability(), capability -> {
            if (dials.incrementAndGet() == 1) {
                throw new IOException("not yet");
            }
            return fake.route().open(capability);
        }, TRACE)) {
            assertThat(server.tools()).hasSize(1);
        }
    }

    @Test
    void anotherProtocolOrWayIsRefusedByName() {
        fake.greets(result("{'protocolVersion': '1999-01-01'}"));
        assertThatThrownBy(this::connect).isInstanceOf(McpException.class).hasMessageContaining("'1999-01-01'");
        var socket = new Capability("tools", "mcp/2025-11-25", "ws://x:1/", Json.object().put("transport", "websocket"));
        assertThatThrownBy(() -> McpServer.connect(socket, fake.route(), TRACE))
                .isInstanceOf(McpException.class).hasMessageContaining("'websocket'");
    }

    @Test
    void anInterruptEndsACallAndTheServerIsToldSo() throws Exception {
        var asked = new CountDownLatch(1);
        var never = new CountDownLatch(1);
        fake.calls((request, exchange) -> {
            asked.countDown();
            never.await();
        });
        var thrown = new AtomicReference<Throwable>();
        var calling = Thread.ofVirtual().start(() -> {
            try (var server = connect()) {
                server.call("add", Json.object());
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        asked.await();
        calling.interrupt();
        calling.join();
        never.countDown();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        await().untilAsserted(() -> assertThat(fake.methods()).endsWith("tools/call", "notifications/cancelled"));
        assertThat(fake.heard.getLast().path("params").path("requestId")).isEqualTo(fake.heard.get(2).get("id"));
    }

    private McpServer connect() throws Exception {
        return McpServer.connect(fake.capability(), fake.route(), TRACE);
    }

    private void fails(McpServer server, Answer answer, String message) {
        fake.calls(answer);
        assertThatThrownBy(() -> server.call("add", Json.object())).isInstanceOf(McpException.class).hasMessageContaining(message);
    }
}
