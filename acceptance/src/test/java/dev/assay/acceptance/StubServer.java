// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** A server that is not the platform: a bare model, a dead end, somebody who never answers. It remembers what it was asked. */
final class StubServer implements AutoCloseable {

    record Request(String method, String path, String body) {}

    record Reply(int status, String type, String body) {

        Reply(int status, String body) {
            this(status, "application/json", body);
        }
    }

    final List<Request> requests = new CopyOnWriteArrayList<>();
    private final HttpServer server;

    StubServer(Function<Request, Reply> behaviour) {
        try {
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> serve(exchange, behaviour));
        server.start();
    }

    static StubServer answering(int status, String body) {
        return new StubServer(request -> new Reply(status, body));
    }

    /** Takes every request and never answers one. */
    static StubServer hanging() {
        var never = new CountDownLatch(1);
        return new StubServer(request -> {
            try {
                never.await();
            } catch (InterruptedException closed) {
                Thread.currentThread().interrupt();
            }
            return new Reply(500, "");
        });
    }

    /** A bare OpenAI-compatible model that always says the same. */
    static StubServer modelThatSays(String answer) {
        return answering(200, """
                {"id": "x", "object": "chat.completion", "created": 1, "model": "m",
                 "choices": [{"index": 0, "message": {"role": "assistant", "content": "%s"}, "finish_reason": "stop"}],
                 "usage": {"prompt_tokens": 10, "completion_tokens": 1, "total_tokens": 11}}""".formatted(answer));
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void serve(HttpExchange exchange, Function<Request, Reply> behaviour) throws IOException {
        try (exchange) {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            var request = new Request(exchange.getRequestMethod(), exchange.getRequestURI().toString(), body);
            requests.add(request);
            var reply = behaviour.apply(request);
            exchange.getResponseHeaders().add("Content-Type", reply.type());
            var bytes = reply.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(reply.status(), bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
