// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Before a service: what comes is passed on, but for a request that is held, for ever; until then whoever sent it is as far as that. */
final class HeldDoor implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 60;

    private final String service;
    private final HttpServer server;
    private final HttpClient http = HttpClient.newHttpClient();
    private final CountDownLatch never = new CountDownLatch(1);
    private volatile @Nullable Held held;

    /** @param passed how many like it are passed on before */
    private record Held(String request, CountDownLatch passed, CountDownLatch come) {}

    HeldDoor(String service) {
        this.service = service;
        try {
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::serve);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** @param request method and path, as a pattern @param passed how many like it are passed on before */
    void hold(String request, int passed) {
        held = new Held(request, new CountDownLatch(passed), new CountDownLatch(1));
    }

    void awaitHeld() throws InterruptedException {
        assertThat(held.come().await(PATIENCE_SECONDS, TimeUnit.SECONDS)).as(held.request()).isTrue();
        held = null;
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = exchange.getRequestBody().readAllBytes();
            var holds = held;
            if (holds != null && (exchange.getRequestMethod() + " " + exchange.getRequestURI()).matches(holds.request())) {
                if (holds.passed().getCount() == 0) {
                    holds.come().countDown();
                    never.await();
                }
                holds.passed().countDown();
            }
            pass(exchange, body);
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void pass(HttpExchange exchange, byte[] body) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(service + exchange.getRequestURI()))
                .method(exchange.getRequestMethod(), BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            if (name.matches("(?i)authorization|content-type")) {
                request.header(name, values.getFirst());
            }
        });
        var answer = http.send(request.build(), BodyHandlers.ofByteArray());
        answer.headers().firstValue("content-type").ifPresent(type -> exchange.getResponseHeaders().add("Content-Type", type));
        exchange.sendResponseHeaders(answer.statusCode(), answer.body().length == 0 ? -1 : answer.body().length);
        exchange.getResponseBody().write(answer.body());
    }

    @Override
    public void close() {
        never.countDown();
        server.stop(0);
    }
}
