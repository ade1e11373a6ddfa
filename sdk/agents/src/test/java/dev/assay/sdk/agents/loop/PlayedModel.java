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
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A model's server that plays the answers of a scenario in order and takes down what it was asked, as {@code record.py} does. */
final class PlayedModel implements AutoCloseable {

    private static final Set<String> SHOWN = Set.of(
            "authorization", "x-goog-api-key", "anthropic-beta", "anthropic-version", "trace-id", "x-hud-parent-trace-id");

    final List<ObjectNode> requests = new CopyOnWriteArrayList<>();
    private final JsonNode answers;
    private final HttpServer server;

    PlayedModel(JsonNode answers) throws IOException {
        this.answers = answers;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    ModelEndpoint endpoint(String trace) {
        return new ModelEndpoint("http://127.0.0.1:" + server.getAddress().getPort(), "key-1", Map.of("Trace-Id", trace));
    }

    private void handle(HttpExchange exchange) throws IOException {
        var request = Json.object().put("path", exchange.getRequestURI().toString());
        var headers = request.putObject("headers");
        exchange.getRequestHeaders().forEach((name, values) -> {
            var lower = name.toLowerCase(Locale.ROOT);
            if (SHOWN.contains(lower) || lower.startsWith("x-mine")) {
                headers.put(lower, values.getFirst());
            }
        });
        request.set("body", Json.MAPPER.readTree(exchange.getRequestBody()));
        requests.add(request);
        play(exchange, answers.path(requests.size() - 1));
        exchange.close();
    }

    private static void play(HttpExchange exchange, JsonNode answer) throws IOException {
        answer.path("headers").propertyStream()
                .forEach(header -> exchange.getResponseHeaders().add(header.getKey(), header.getValue().asString()));
        exchange.getResponseHeaders().add("Content-Type", answer.has("events") ? "text/event-stream" : "application/json");
        var bytes = content(answer).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.isMissingNode() ? 501 : answer.path("status").asInt(200), bytes.length + answer.path("missing").asInt(0));
        exchange.getResponseBody().write(bytes);
        exchange.getResponseBody().flush();
        if (answer.has("missing")) {
            throw new IOException("breaks off");
        }
    }

    private static String content(JsonNode answer) {
        if (!answer.has("events")) {
            return answer.has("text") ? answer.path("text").stringValue() : answer.has("json") ? answer.path("json").toString() : "{}";
        }
        var text = new StringBuilder();
        for (var event : answer.path("events")) {
            if (event.has("type")) {
                text.append("event: ").append(event.path("type").stringValue()).append('\n');
            }
            text.append("data: ").append(event).append("\n\n");
        }
        return text.toString();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
