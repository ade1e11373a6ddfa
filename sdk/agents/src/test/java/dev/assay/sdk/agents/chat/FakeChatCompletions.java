// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.chat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assay.sdk.agents.ModelEndpoint;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/** A server of the Chat Completions protocol that answers what a test tells it to, and keeps what it was asked. */
final class FakeChatCompletions implements AutoCloseable {

    final List<JsonNode> requests = new CopyOnWriteArrayList<>();
    final List<Map<String, List<String>>> headers = new CopyOnWriteArrayList<>();
    final List<String> queries = new CopyOnWriteArrayList<>();
    final CountDownLatch asked = new CountDownLatch(1);
    private final Deque<Answer> answers = new ConcurrentLinkedDeque<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final HttpServer server;

    private record Answer(int status, String body, long retryAfterMillis, Duration pause, boolean breaksOff) {}

    FakeChatCompletions() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/chat/completions", this::handle);
        server.start();
    }

    ModelEndpoint endpoint() {
        return new ModelEndpoint("http://127.0.0.1:" + server.getAddress().getPort(), "key-1", Map.of("Trace-Id", "t1"));
    }

    /** Answers with one choice whose message and further members are given. */
    FakeChatCompletions choice(String choice) {
        return answer(200, "{\"id\": \"r\", \"object\": \"chat.completion\", \"created\": 1, \"model\": \"served\", \"choices\": [" + choice + "]}");
    }

    FakeChatCompletions says(String text) {
        return choice("{\"index\": 0, \"finish_reason\": \"stop\", \"message\": {\"role\": \"assistant\", \"content\": " + Json.tree(text) + "}}");
    }

    FakeChatCompletions calls(String tool, JsonNode arguments) {
        var call = Json.object().put("id", "c1").put("type", "function");
        call.putObject("function").put("name", tool).put("arguments", arguments.toString());
        return choice("{\"finish_reason\": \"tool_calls\", \"message\": {\"role\": \"assistant\", \"content\": null, \"tool_calls\": [" + call + "]}}");
    }

    FakeChatCompletions answer(int status, String body) {
        return answer(status, body, 1);
    }

    FakeChatCompletions answer(int status, String body, long retryAfterMillis) {
        return answer(status, body, retryAfterMillis, Duration.ZERO);
    }

    /** @param pause before it answers */
    FakeChatCompletions answer(int status, String body, long retryAfterMillis, Duration pause) {
        answers.add(new Answer(status, body, retryAfterMillis, pause, false));
        return this;
    }

    /** Announces more than it says, and hangs up. */
    void breaksOff(String body) {
        answers.add(new Answer(200, body, 1, Duration.ZERO, true));
    }

    private void handle(HttpExchange exchange) throws IOException {
        try {
            answer(exchange);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.close();
    }

    /** Whatever a handler throws makes the server hang up. */
    private static void breakOff(HttpExchange exchange, byte[] bytes) throws IOException {
        exchange.sendResponseHeaders(200, bytes.length + 10L);
        exchange.getResponseBody().write(bytes);
        exchange.getResponseBody().flush();
        throw new IOException("breaks off");
    }

    private void answer(HttpExchange exchange) throws IOException, InterruptedException {
        requests.add(Json.MAPPER.readTree(exchange.getRequestBody()));
        headers.add(exchange.getRequestHeaders());
        queries.add(Objects.toString(exchange.getRequestURI().getQuery(), ""));
        asked.countDown();
        var answer = answers.poll();
        if (answer == null) {
            // nothing more to say: keep the caller waiting
            closed.await();
            return;
        }
        if (closed.await(answer.pause().toMillis(), TimeUnit.MILLISECONDS)) {
            return;
        }
        var bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.getResponseHeaders().add("Retry-After-Ms", Long.toString(answer.retryAfterMillis()));
        if (answer.breaksOff()) {
            breakOff(exchange, bytes);
        }
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
    }
}
