// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** A server whose every word comes by one stream of events. */
@Timeout(60)
class HttpWithEventsTests {

    private static final String END = "end";

    private final HttpServer server;
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final List<JsonNode> heard = new CopyOnWriteArrayList<>();
    private volatile CountDownLatch taking = new CountDownLatch(0);
    private volatile Function<JsonNode, String> onCall = request -> message(FakeServer.reply(request, "{'content': []}"));

    HttpWithEventsTests() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/sse", exchange -> {
            try (exchange; var out = FakeServer.stream(exchange, "text/event-stream")) {
                events.add("event: endpoint\ndata: /messages?session=1\n\n");
                for (var event = events.take(); !event.equals(END); event = events.take()) {
                    out.write(event.getBytes(StandardCharsets.UTF_8));
                    out.flush();
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        });
        server.createContext("/messages", exchange -> {
            var message = Json.MAPPER.readTree(exchange.getRequestBody().readAllBytes());
            heard.add(message);
            switch (message.path("method").asString("")) {
                case "initialize" -> events.add(message(FakeServer.reply(message, "{'protocolVersion': '2024-11-05'}")));
                case "tools/call" -> {
                    events.add(onCall.apply(message));
                    awaited(taking);
                }
                default -> {}
            }
            FakeServer.send(exchange, 202, "text/plain", "Accepted");
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        events.add(END);
        server.stop(0);
    }

    @Test
    void callsAreAnsweredByTheStream() throws Exception {
        try (var tools = connect()) {
            assertThat(tools.call("a", Json.object()).content()).isEmpty();
            events.add(message("{\"id\":7,\"method\":\"ping\"}"));
            assertThat(tools.call("a", Json.object()).content()).isEmpty();
        }
        await().until(() -> heard.stream().anyMatch(message -> message.path("id").asInt(0) == 7 && message.has("result")));
    }

    @Test
    void aServerMayTakeARequestOnlyWhenItHasAnsweredIt() throws Exception {
        var answered = new CountDownLatch(1);
        onCall = request -> message(FakeServer.reply(request, "{'content': []}"));
        taking = answered;
        try (var tools = connect()) {
            assertThat(tools.call("a", Json.object()).content()).isEmpty();
        } finally {
            answered.countDown();
        }
    }

    @Test
    void aStreamThatEndsEndsTheCallsThatWaitForItAndThoseAfterThem() throws Exception {
        onCall = request -> END;
        try (var tools = connect()) {
            for (int again = 0; again < 2; again++) {
                assertThatThrownBy(() -> tools.call("a", Json.object()))
                        .isInstanceOf(McpException.class).hasMessageContaining("ended its stream");
            }
        }
    }

    @Test
    void garbageInTheStreamIsTheEndOfIt() throws Exception {
        onCall = request -> message("{");
        try (var tools = connect()) {
            assertThatThrownBy(() -> tools.call("a", Json.object())).isInstanceOf(McpException.class).hasMessageContaining("no JSON");
        }
    }

    private static void awaited(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private McpServer connect() throws Exception {
        var capability = new Capability("tools", "mcp/2025-11-25", "http://there:80/sse", Json.object().put("transport", "sse"));
        return McpServer.connect(
                capability, there -> new Socket(InetAddress.getLoopbackAddress(), server.getAddress().getPort()), "0".repeat(32));
    }

    private static String message(String json) {
        return "event: message\ndata: " + json + "\n\n";
    }
}
