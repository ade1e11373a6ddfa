// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assay.sdk.agents.ModelEndpoint;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ModelHttpTests {

    private final List<Duration> pauses = new ArrayList<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final Deque<Answer> answers = new ArrayDeque<>();
    private HttpServer server;

    private record Answer(int status, String body, Map<String, String> headers, int missing) {}

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void aServerThatIsFullIsAskedSevenTimesWithGrowingPauses() {
        answers.addAll(List.of(full(), full(), full(), full(), full(), full(), full(), full()));

        assertThatThrownBy(() -> http(Wire.OPENAI).post(call())).hasMessage("Error code: 503 - full");
        assertThat(asked).hasSize(7);
        var longest = List.of(500, 1000, 2000, 4000, 8000, 8000);
        for (var i = 0; i < longest.size(); i++) {
            assertThat(pauses.get(i).toMillis()).isBetween(longest.get(i) * 3L / 4, (long) longest.get(i));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "OPENAI, retry-after-ms, 70, 70",
        "OPENAI, retry-after, 2, 2000",
        "ANTHROPIC, retry-after, 300.5, 300500",
    })
    void aServerThatSaysWhenIsAskedThen(Wire wire, String header, String value, long millis) throws Exception {
        answers.add(new Answer(429, "{}", Map.of(header, value), 0));
        answers.add(new Answer(200, "{\"a\": 1}", Map.of(), 0));

        assertThat(http(wire).post(call()).path("a").intValue()).isEqualTo(1);
        assertThat(pauses).containsExactly(Duration.ofMillis(millis));
    }

    @ParameterizedTest
    @CsvSource({
        "OPENAI, 503, retry-after, 121",
        "OPENAI, 503, x-should-retry, false",
        "ANTHROPIC, 529, x-should-retry, false",
        "ANTHROPIC, 402, none, none",
        "GEMINI, 529, none, none",
        "GEMINI, 409, none, none",
    })
    void someRefusalsAreFinal(Wire wire, int status, String header, String value) {
        answers.add(new Answer(status, "{}", Map.of(header, value), 0));

        assertThatThrownBy(() -> http(wire).post(call())).isInstanceOf(ModelStatusException.class);
        assertThat(asked).hasSize(1);
    }

    @Test
    void geminiIsAskedFiveTimesWhateverTheServerSays() {
        for (var i = 0; i < 6; i++) {
            answers.add(new Answer(503, "{\"error\": {\"code\": 503, \"status\": \"UNAVAILABLE\", \"message\": \"m\"}}", Map.of("retry-after", "60"), 0));
        }

        assertThatThrownBy(() -> http(Wire.GEMINI).post(call()))
                .hasMessage("503 UNAVAILABLE. {'error': {'code': 503, 'status': 'UNAVAILABLE', 'message': 'm'}}");
        assertThat(asked).hasSize(5);
        assertThat(pauses.getFirst()).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(4));
        assertThat(pauses.subList(1, 4)).containsOnly(Duration.ofSeconds(5));
    }

    @Test
    void anAnswerThatBreaksOffIsAskedForAgain() throws Exception {
        answers.add(new Answer(200, "{\"a\": ", Map.of(), 10));
        answers.add(new Answer(200, "{\"a\": 2}", Map.of(), 0));

        assertThat(http(Wire.OPENAI).post(call()).path("a").intValue()).isEqualTo(2);
    }

    @Test
    void aStreamIsReadByEventsAndOneThatBreaksOffSaysSo() throws Exception {
        answers.add(new Answer(200, "event: a\ndata: 1\n\n: quiet\ndata:2\ndata: 3\r\n\r\n", Map.of(), 0));
        answers.add(new Answer(200, "data: 1\n\nda", Map.of(), 10));
        var http = http(Wire.ANTHROPIC);

        assertThat(http.stream(call(), ModelHttpTests::all))
                .containsExactly(new EventStream.Event("a", "1"), new EventStream.Event("", "2\n3"));
        assertThatThrownBy(() -> http.stream(call(), ModelHttpTests::all)).isInstanceOf(BrokenStreamException.class);
    }

    @Test
    void aStreamThatFallsSilentHasBrokenOff() {
        var over = new CountDownLatch(1);
        server.createContext("/x", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("data: 1\n\n".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            await(over);
            exchange.close();
        });
        try {
            assertThatThrownBy(() -> http(Wire.ANTHROPIC, Duration.ofMillis(100)).stream(call(), ModelHttpTests::all))
                    .isInstanceOf(BrokenStreamException.class)
                    .hasMessageStartingWith("Connection error: the model's answer broke off: nothing came for");
        } finally {
            over.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void plainJsonInPlaceOfAStreamIsOneEvent() throws Exception {
        answers.add(new Answer(200, "{\n\"a\": 1}", Map.of("Content-Type", "application/json"), 0));

        assertThat(http(Wire.GEMINI).stream(call(), ModelHttpTests::all)).containsExactly(new EventStream.Event("", "{ \"a\": 1}"));
    }

    @Test
    void aRefusalIsWordedAsTheProvidersLibraryDoes() {
        answers.add(new Answer(400, "{\"type\": \"error\", \"error\": {\"type\": \"invalid_request_error\", \"message\": \"no\"}}", Map.of(), 0));

        assertThatThrownBy(() -> http(Wire.ANTHROPIC).post(call()))
                .hasMessage("Error code: 400 - {'type': 'error', 'error': {'type': 'invalid_request_error', 'message': 'no'}}");
    }

    private static List<EventStream.Event> all(EventStream stream) throws IOException {
        var events = new ArrayList<EventStream.Event>();
        for (var event = stream.next(); event != null; event = stream.next()) {
            events.add(event);
        }
        return events;
    }

    private static Answer full() {
        return new Answer(503, "{\"error\": {\"message\": \"full\"}}", Map.of(), 0);
    }

    private static ModelCall call() {
        return new ModelCall("/x", Json.object());
    }

    private ModelHttp http(Wire wire) {
        return http(wire, Duration.ofMinutes(1));
    }

    private ModelHttp http(Wire wire, Duration silence) {
        var endpoint = new ModelEndpoint("http://127.0.0.1:" + server.getAddress().getPort(), "k", Map.of());
        return new ModelHttp(endpoint, wire, pauses::add, silence);
    }

    private void handle(HttpExchange exchange) throws IOException {
        asked.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        var answer = answers.remove();
        answer.headers().forEach(exchange.getResponseHeaders()::add);
        var bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), bytes.length + answer.missing());
        exchange.getResponseBody().write(bytes);
        exchange.getResponseBody().flush();
        if (answer.missing() > 0) {
            throw new IOException("breaks off");
        }
        exchange.close();
    }
}
