// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assay.sdk.agents.ModelEndpoint;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** A model's server that answers by a script, as the one did that the conversations were recorded with; it keeps what it was asked. */
public final class ScriptedModel implements AutoCloseable {

    static final String TRACE = "2b0e365b-20f6-4f3b-b114-738e592b4f44";
    private static final List<String> HEADERS = List.of("authorization", "x-goog-api-key", "trace-id", "content-type", "anthropic-beta",
            "anthropic-version", "x-mine");

    public final ArrayNode asked = Json.array();
    private final Deque<JsonNode> answers = new ArrayDeque<>();
    private final HttpServer server;

    public ScriptedModel(JsonNode script) throws IOException {
        script.forEach(answers::add);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    public ModelEndpoint endpoint() {
        return new ModelEndpoint("http://127.0.0.1:" + server.getAddress().getPort(), "key-1", Map.of("Trace-Id", TRACE));
    }

    private void handle(HttpExchange exchange) throws IOException {
        var request = asked.addObject().put("path", exchange.getRequestURI().toString());
        var headers = request.putObject("headers");
        HEADERS.stream().filter(exchange.getRequestHeaders()::containsKey)
                .forEach(name -> headers.put(name, exchange.getRequestHeaders().getFirst(name)));
        request.set("body", Json.MAPPER.readTree(exchange.getRequestBody()));
        try (exchange) {
            answer(exchange, answers.remove());
        }
    }

    /** What breaks off announces more than it says; whatever a handler throws makes the server hang up. */
    private static void answer(HttpExchange exchange, JsonNode answer) throws IOException {
        answer.path("headers").propertyStream()
                .forEach(header -> exchange.getResponseHeaders().add(header.getKey(), header.getValue().asString()));
        var streamed = answer.has("events");
        exchange.getResponseHeaders().add("Content-Type", streamed ? "text/event-stream" : "application/json");
        var text = streamed
                ? answer.path("events").valueStream().map(ScriptedModel::event).collect(Collectors.joining())
                : answer.path("text").asStringOpt().orElseGet(() -> answer.path("body").toString());
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var breaksOff = answer.path("breaks_off").asBoolean(false);
        var length = breaksOff ? bytes.length + 100 : bytes.length == 0 ? -1 : bytes.length;
        exchange.sendResponseHeaders(answer.path("status").asInt(200), length);
        exchange.getResponseBody().write(bytes);
        if (breaksOff) {
            exchange.getResponseBody().flush();
            throw new IOException("breaks off");
        }
    }

    /** Anthropic names its events, Google ends lines as HTTP does. */
    private static String event(JsonNode told) {
        return told.has("type") ? "event: " + told.path("type").asString() + "\ndata: " + told + "\n\n" : "data: " + told + "\r\n\r\n";
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
