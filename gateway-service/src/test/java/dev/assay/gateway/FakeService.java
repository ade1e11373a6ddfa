// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/** A fake of a service or a provider behind the gateway: answers as told and remembers what it was asked. */
public final class FakeService implements AutoCloseable {

    /** A request as it arrived; of its body only the length, and the text if it is short. */
    public record Seen(String method, String uri, Map<String, List<String>> headers, long length, String text) {
        public String header(String name) {
            return headers.entrySet().stream()
                    .filter(entry -> entry.getKey().equalsIgnoreCase(name))
                    .map(entry -> String.join(", ", entry.getValue()))
                    .findFirst()
                    .orElse(null);
        }
    }

    /** How a path is answered. */
    public interface Answer {
        void to(HttpExchange exchange, Seen seen) throws IOException;
    }

    private static final int SHORT = 1 << 20;

    private final HttpServer server;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    public final List<Seen> seen = new CopyOnWriteArrayList<>();

    public FakeService() {
        try {
            server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Forgets everything: requests and answers. Unless told otherwise every path is answered with 200 and {@code {"ok": true}}. */
    public void reset() {
        seen.clear();
        answers.clear();
    }

    /** @param path method, blank, path without its query: {@code GET /v2/jobs} */
    public FakeService on(String path, Answer answer) {
        answers.put(path, answer);
        return this;
    }

    public FakeService on(String path, int status, String json) {
        return on(path, (exchange, seen) -> send(exchange, status, json));
    }

    public Seen last() {
        return seen.getLast();
    }

    public static void send(HttpExchange exchange, int status, String json) throws IOException {
        var bytes = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().putIfAbsent("Content-Type", List.of("application/json"));
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private void handle(HttpExchange exchange) throws IOException {
        var text = new java.io.ByteArrayOutputStream();
        var length = drain(exchange.getRequestBody(), text);
        var request = new Seen(
                exchange.getRequestMethod(),
                exchange.getRequestURI().toString(),
                Map.copyOf(exchange.getRequestHeaders()),
                length,
                text.toString(StandardCharsets.UTF_8));
        seen.add(request);
        var path = request.method() + " " + exchange.getRequestURI().getRawPath();
        answers.getOrDefault(path, (to, unused) -> send(to, 200, "{\"ok\": true}")).to(exchange, request);
    }

    private static long drain(InputStream body, OutputStream beginning) throws IOException {
        var buffer = new byte[64 * 1024];
        var length = 0L;
        for (int read; (read = body.read(buffer)) >= 0; length += read) {
            if (length < SHORT) {
                beginning.write(buffer, 0, read);
            }
        }
        return length;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
