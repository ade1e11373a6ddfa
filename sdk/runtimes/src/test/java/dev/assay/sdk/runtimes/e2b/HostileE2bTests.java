// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.Credential;
import dev.assay.sdk.runtimes.account.Exchanges;
import dev.assay.sdk.runtimes.account.ProviderException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What answers in E2B's place may be anything: the daemon of a sandbox is in reach of what runs there. */
class HostileE2bTests {

    /** More than any answer takes that comes. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration SHORT = Duration.ofSeconds(1);

    private final CountDownLatch over = new CountDownLatch(1);
    private final HttpClient http = HttpClient.newHttpClient();
    private HttpServer server;

    /** Writes an answer, until it throws because nobody takes it. */
    @FunctionalInterface
    private interface Body {

        void write(OutputStream out) throws IOException, InterruptedException;
    }

    private int status = 200;
    private Body body = out -> {};

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                exchange.sendResponseHeaders(status, 0);
                body.write(exchange.getResponseBody());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        http.shutdownNow();
        server.stop(0);
    }

    private String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private Envd envd() {
        return envd(PATIENCE, PATIENCE);
    }

    private Envd envd(Duration limit, Duration silence) {
        return new Envd(new Exchanges(http, limit), address(), new E2bApi.Made("i1", null, null), silence);
    }

    private E2bApi api() {
        return api(PATIENCE);
    }

    private E2bApi api(Duration limit) {
        return new E2bApi(new Exchanges(http, limit), URI.create(address() + "/prefix/"), new Credential("e2b_0123456789abcdef"));
    }

    private static void endlessly(OutputStream out) throws IOException {
        var piece = new byte[64 << 10];
        while (true) {
            out.write(piece);
        }
    }

    private void nothingMore(OutputStream out) throws IOException, InterruptedException {
        out.write('{');
        out.flush();
        over.await();
    }

    private static void frame(OutputStream out, String json) throws IOException {
        var bytes = json.getBytes(StandardCharsets.UTF_8);
        out.write(ByteBuffer.allocate(5 + bytes.length).put((byte) 0).putInt(bytes.length).put(bytes).array());
        out.flush();
    }

    @Test
    void anAnswerWithoutEndIsNotTaken() {
        body = HostileE2bTests::endlessly;
        assertThatThrownBy(() -> envd().kill(1)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> api().isThere("i1")).isInstanceOf(IOException.class);
        status = 500;
        assertThatThrownBy(() -> envd().start(List.of("true"), Map.of(), false)).isInstanceOf(IOException.class);
    }

    @Test
    void oneThatStopsInItsMiddleIsNotWaitedFor() {
        body = this::nothingMore;
        assertThatThrownBy(() -> envd(SHORT, PATIENCE).kill(1)).hasMessageContaining("no whole answer within 1s");
        assertThatThrownBy(() -> api(SHORT).isThere("i1")).hasMessageContaining("no whole answer within 1s");
        status = 500;
        assertThatThrownBy(() -> envd(SHORT, PATIENCE).start(List.of("true"), Map.of(), false)).hasMessageContaining("no whole answer within 1s");
    }

    @Test
    void aStreamThatFallsSilentOrSaysTooMuchAtOnceIsLeft() throws Exception {
        body = out -> {
            out.write(0); // as if more were to come
            out.flush();
            over.await();
        };
        try (var events = envd(PATIENCE, SHORT).start(List.of("true"), Map.of(), false)) {
            assertThatThrownBy(events::next).hasMessageContaining("nothing was heard for 1s");
        }
        body = out -> frame(out, "[" + "{},".repeat(100_000) + "{}]");
        try (var events = envd().start(List.of("true"), Map.of(), false)) {
            assertThatThrownBy(events::next).hasMessageContaining("a message of 300004 bytes");
        }
    }

    @Test
    void outputThatIsNoneEndsTheHearingRatherThanBeingWaitedFor() throws Exception {
        body = out -> frame(out, "{\"event\":{\"data\":{\"stdout\":\"!\"}}}");
        assertThat(E2bProcess.start(envd(), List.of("true"), Map.of()).ended().get().because()).contains("output that cannot be read");
    }

    @Test
    void whatDoesNotBeginIsToBlameItself() throws Exception {
        body = out -> {
            var error = "{\"error\":{\"code\":\"invalid_argument\",\"message\":\"/bin/sh: no such file\"}}".getBytes(StandardCharsets.UTF_8);
            out.write(ByteBuffer.allocate(5 + error.length).put((byte) 2).putInt(error.length).put(error).array());
        };
        var end = E2bProcess.start(envd(), List.of("true"), Map.of()).ended().get();
        assertThat(end.lost()).isFalse();
        assertThat(end.because()).contains("/bin/sh: no such file");
    }

    @Test
    void anIdThatLeadsElsewhereAndATokenThatIsNoneAreRefused() {
        for (var made : List.of(
                "{'sandboxID':'@169.254.169.254/?'}", "{'sandboxID':''}", "{}", "{'sandboxID':'i1','envdAccessToken':'a\\r\\nb'}")) {
            body = out -> out.write(made.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(() -> api().create(Json.object())).isInstanceOf(ProviderException.class).hasMessageContaining("that is none");
        }
    }
}
