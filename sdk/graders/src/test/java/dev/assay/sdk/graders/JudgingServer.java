// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.graders;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Stands in for a server of the Chat Completions protocol whose model judges as it is told. */
final class JudgingServer implements AutoCloseable {

    private static final Pattern CRITERION = Pattern.compile("<criterion>\n(.*?)\n</criterion>", Pattern.DOTALL);

    final List<JsonNode> requests = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private final JsonNode replies;
    private final AtomicInteger busy = new AtomicInteger();

    /** @param replies by criterion: what is said, or an object with {@code status} and {@code body}; MET where there is none */
    JudgingServer(JsonNode replies) throws IOException {
        this.replies = replies;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/v1/chat/completions", this::handle);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
    }

    void busyFor(int times) {
        busy.set(times);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var request = Json.MAPPER.readTree(exchange.getRequestBody());
            requests.add(request);
            if (busy.getAndDecrement() > 0) {
                answer(exchange, 503, "{\"error\":{\"message\":\"too much to do\"}}");
                return;
            }
            var criterion = CRITERION.matcher(request.get("messages").get(1).get("content").stringValue());
            var reply = criterion.find() ? replies.path(criterion.group(1)) : Json.object();
            if (reply.isObject()) {
                answer(exchange, reply.get("status").intValue(), reply.get("body").path("raw").toString());
            } else {
                var answer = Json.object();
                answer.putArray("choices").addObject().putObject("message").set("content", reply.isMissingNode() ? Json.tree("MET") : reply);
                answer(exchange, 200, answer.toString());
            }
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
