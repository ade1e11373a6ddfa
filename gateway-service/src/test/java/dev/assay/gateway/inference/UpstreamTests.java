// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import dev.assay.gateway.Client;
import dev.assay.gateway.FakeService;
import dev.assay.gateway.FakeServices;
import dev.assay.gateway.GatewayTest;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.json.JsonMapper;

/** Model calls that go on to a configured provider. */
@GatewayTest
@Timeout(60)
class UpstreamTests {

    private static final String COMPLETION = """
            {"id": "chatcmpl-1", "object": "chat.completion", "created": 1700000000, "model": "big-1", "choices": [{"index": 0,
            "message": {"role": "assistant", "content": "Hi", "refusal": null}, "logprobs": null, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10}}""";
    private static final String CHUNK = """
            data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"big-1","choices":[{"index":0,"delta":{"content":"%s"},"finish_reason":null}]}

            """;
    private static final String LAST_CHUNK = """
            data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"big-1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

            """;
    private static final String PATH = "/inference/chat/completions";
    private static final String UPSTREAM = "POST /v1/chat/completions";

    @LocalServerPort
    int port;

    Client member;

    @BeforeEach
    void clean() {
        FakeServices.reset();
        catalog("provider");
        member = new Client(port).ofTeam("callers");
    }

    @Test
    void aCallGoesOnWithTheProvidersNameAndKey() {
        FakeServices.PROVIDER.on(UPSTREAM, 200, COMPLETION);
        var answer = member.post(PATH, call("\"stream\": false, \"temperature\": 0.70, \"return_token_ids\": true, \"strange\": {\"a\": [1]}"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json()).isEqualTo(JsonMapper.shared().readTree(COMPLETION));
        assertThat(answer.header("x-assay-provider")).isEqualTo("provider");
        var seen = FakeServices.PROVIDER.last();
        assertThat(seen.header("Authorization")).isEqualTo("Bearer sk-of-the-platform");
        var body = JsonMapper.shared().readTree(seen.text());
        assertThat(body.path("model").asString()).isEqualTo("big-1");
        assertThat(body.path("return_token_ids").asBoolean()).isTrue();
        assertThat(body.path("strange").toString()).isEqualTo("{\"a\":[1]}");
        assertThat(seen.text()).contains("0.70");
    }

    @Test
    void whatAnotherWriterWouldSpellAnewGoesOnAsItCame() {
        FakeServices.PROVIDER.on(UPSTREAM, 200, COMPLETION.replace("\"object\": \"chat.completion\"", "\"half\": \"\\ud800\""));
        var answer = member.post(PATH, call("\"seed\": NaN, \"top_p\": 1E400, \"user\": \"half \\ud83d, whole \\ud83d\\ude00, \u00df\""));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        var sent = FakeServices.PROVIDER.last().text();
        assertThat(sent).contains("\"seed\": NaN", "\"top_p\": 1E400", "half \\ud83d,", "\u00df");
        assertThat(JsonMapper.shared().readTree(sent.replace("NaN", "0")).path("user").asString())
                .isEqualTo("half \ud83d, whole \ud83d\ude00, \u00df");
    }

    @Test
    void aModelThatIsNotToBeFoundIsToldWhateverItsName() {
        FakeServices.TRAINING.on("GET /internal/models/resolve", 404, "{}");
        for (var name : List.of("half \\ud83d", "\\u0001", "a\\r\\nset-cookie: a=b", "../../v2/keys", "模型", "BIG", "http://127.0.0.1:1/x?y#z")) {
            var answer = member.post(PATH, "{\"model\": \"" + name + "\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}");
            assertThat(answer.status()).as(answer.text()).isEqualTo(404);
            assertThat(answer.json().path("error").path("code").asString()).isEqualTo("model_not_found");
            assertThat(answer.header("set-cookie")).isNull();
        }
        FakeServices.TRAINING.on("GET /internal/models/resolve", 400, "{}");
        var refused = member.post(PATH, "{\"model\": \"nul \\u0000\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}");
        assertThat(refused.status()).as("a name that the catalog refuses is no fault of the platform's").isEqualTo(404);
    }

    @Test
    void noCredentialOfTheCallersGoesOn() {
        FakeServices.PROVIDER.on(UPSTREAM, 200, COMPLETION);
        var key = member.headers()[1].substring(7);
        var answer = new Client(port).with("x-api-key", key, "x-goog-api-key", key, "Trace-Id", "abc").post(PATH + "?key=" + key, call(""));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(FakeServices.PROVIDER.last().toString()).doesNotContain(key);
    }

    @Test
    void aStreamArrivesChunkByChunk() throws Exception {
        var more = new CountDownLatch(1);
        FakeServices.PROVIDER.on(UPSTREAM, (exchange, seen) -> {
            var out = begin(exchange);
            write(out, CHUNK.formatted("one"));
            awaited(more);
            write(out, CHUNK.formatted("two") + LAST_CHUNK + "data: [DONE]\n\n");
            exchange.close();
        });
        try (var http = HttpClient.newHttpClient()) {
            var request = member.request(PATH).POST(BodyPublishers.ofString(call("\"stream\": true"))).build();
            var answer = http.send(request, BodyHandlers.ofLines());
            assertThat(answer.headers().firstValue("content-type").orElseThrow()).startsWith("text/event-stream");
            var lines = answer.body().iterator();
            var first = lines.next();
            while (first.startsWith(":") || first.isEmpty()) { // the provider itself was slow
                first = lines.next();
            }
            assertThat(first).isEqualTo(CHUNK.formatted("one").strip());
            assertThat(lines.next()).isEmpty();
            assertThat(lines.next()).as("while nothing comes, there is a sign of life").isEqualTo(": waiting");
            assertThat(lines.next()).isEmpty();
            more.countDown();
            var rest = new ArrayList<String>();
            lines.forEachRemaining(rest::add);
            assertThat(rest).endsWith(LAST_CHUNK.strip(), "", "data: [DONE]", "");
        }
    }

    @Test
    void aStreamThatBreaksEndsInAnError() {
        FakeServices.PROVIDER.on(UPSTREAM, (exchange, seen) -> {
            write(begin(exchange), CHUNK.formatted("one") + "data: {\"half");
            throw new IOException("the provider dies here");
        });
        assertBroken(member.post(PATH, call("\"stream\": true")).text());
    }

    @Test
    void aStreamThatEndsEarlyEndsInAnError() {
        FakeServices.PROVIDER.on(UPSTREAM, (exchange, seen) -> {
            write(begin(exchange), CHUNK.formatted("one"));
            exchange.close();
        });
        assertBroken(member.post(PATH, call("\"stream\": true")).text());
    }

    @Test
    void aProviderThatForgetsTheLastLineIsForgiven() {
        FakeServices.PROVIDER.on(UPSTREAM, (exchange, seen) -> {
            write(begin(exchange), CHUNK.formatted("one") + LAST_CHUNK);
            exchange.close();
        });
        assertThat(member.post(PATH, call("\"stream\": true")).text()).endsWith("data: [DONE]\n\n").doesNotContain("error");
    }

    private static void assertBroken(String stream) {
        var events = stream.strip().split("\n\n");
        assertThat(events[0]).contains("one");
        assertThat(stream).doesNotContain("half", "[DONE]");
        var last = JsonMapper.shared().readTree(events[events.length - 1].substring("data: ".length()));
        assertThat(last.path("error").path("type").asString()).isEqualTo("server_error");
    }

    @Test
    void whatAProviderSaysOfThePlatformsAccountIsNoBusinessOfCallers() {
        FakeServices.PROVIDER.on(UPSTREAM, 429, """
                {"error": {"message": "Rate limit reached for big-1 in organization org-4Kq0zP (project proj_Zx81, key sk-ab***yz) on tokens"}}""");
        assertThat(member.post(PATH, call("")).json().path("error").path("message").asString())
                .startsWith("Rate limit reached for big-1").endsWith("on tokens").doesNotContain("4Kq0zP", "Zx81", "ab***yz");
        FakeServices.PROVIDER.on(UPSTREAM, 402, "{\"error\": {\"message\": \"Invoice 77 of ACME is unpaid\"}}");
        assertThat(member.post(PATH, call("")).text()).doesNotContain("Invoice", "ACME").contains("used up");
    }

    @Test
    void aProvidersErrorPassesWithItsStatus() {
        FakeServices.PROVIDER.on(UPSTREAM, (exchange, seen) -> {
            exchange.getResponseHeaders().set("Retry-After", "3");
            FakeService.send(exchange, 429, """
                    {"error": {"message": "Rate limit reached", "type": "tokens", "param": null, "code": "rate_limit_exceeded"}}""");
        });
        var answer = member.post(PATH, call("\"stream\": true"));
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("retry-after")).isEqualTo("3");
        assertThat(answer.json().path("error").path("message").asString()).isEqualTo("Rate limit reached");
        assertThat(answer.json().path("error").path("type").asString()).isEqualTo("tokens");
    }

    @Test
    void anErrorThatNoClientCanReadIsPutIntoWords() {
        FakeServices.PROVIDER.on(UPSTREAM, 500, "<html>oops</html>");
        var answer = member.post(PATH, call(""));
        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.json().path("error").path("message").asString()).contains("provider");
    }

    @Test
    void aKeyThatTheProviderRefusesIsNotTheCallers() {
        FakeServices.PROVIDER.on(UPSTREAM, 401, "{\"error\": {\"message\": \"Incorrect API key provided: sk-of-…\"}}");
        var answer = member.post(PATH, call(""));
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.header("x-should-retry")).isEqualTo("false");
        assertThat(answer.text()).doesNotContain("sk-of");
    }

    @Test
    void aDeadProviderMayBeTriedAgain() {
        catalog("dead");
        var answer = member.post(PATH, call(""));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("retry-after")).isEqualTo("1");
        assertThat(answer.json().path("error").path("message").asString()).contains("'dead'");
    }

    @Test
    void aProviderThatBreaksOffIsABadGateway() {
        FakeServices.PROVIDER.on(UPSTREAM, (exchange, seen) -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write("{\"id\"".getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            throw new IOException("the provider dies here");
        });
        var answer = member.post(PATH, call(""));
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.text()).contains("broke off in the middle of its answer.").doesNotContain("java.");
    }

    @Test
    void aProviderThatNobodyConfiguredSaysSo() {
        catalog("elsewhere");
        var answer = member.post(PATH, call(""));
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.text()).contains("elsewhere", "ASSAY_UPSTREAMS");
    }

    @Test
    void whenTheClientLeavesTheCallEndsAlthoughNothingHasCome() throws Exception {
        catalog("silent");
        var asked = new CountDownLatch(1);
        // not a status, not a header: all that the provider sees is whether the call is still there
        var ended = CompletableFuture.supplyAsync(() -> {
            try (var call = FakeServices.SILENT.accept()) {
                for (var octet = call.getInputStream().read(); octet >= 0; octet = call.getInputStream().read()) {
                    asked.countDown();
                }
                return "hung up";
            } catch (IOException e) {
                return "cut";
            }
        }, Thread::startVirtualThread);
        hangUpAfter(asked, call(""));
        assertThat(ended.get(60, TimeUnit.SECONDS)).isIn("hung up", "cut");
    }

    private void hangUpAfter(CountDownLatch asked, String body) throws Exception {
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(("POST " + PATH + " HTTP/1.1\r\nHost: x\r\nAuthorization: " + member.headers()[1] + "\r\nContent-Length: "
                    + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.UTF_8));
            assertThat(asked.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void whatIsNoModelCallIsRefusedWithAReason() {
        assertThat(error("{")).startsWith("body: not valid JSON");
        assertThat(error("[]")).isEqualTo("body: must be a JSON object");
        assertThat(error("{\"messages\": [{\"role\": \"user\"}]}")).startsWith("model: required");
        assertThat(error("{\"model\": 5, \"messages\": [{\"role\": \"user\"}]}")).startsWith("model:");
        assertThat(error("{\"model\": \"m\"}")).startsWith("messages: required");
        assertThat(error("{\"model\": \"m\", \"messages\": [7]}")).startsWith("messages:");
        assertThat(error("{\"model\": \"m\", \"messages\": [{\"role\": \"user\"}], \"stream\": \"yes\"}")).startsWith("stream:");
    }

    private String error(String body) {
        var answer = member.post(PATH, body);
        assertThat(answer.status()).isEqualTo(400);
        return answer.json().path("error").path("message").asString();
    }

    @Test
    void anUnknownModelIsNotFound() {
        FakeServices.TRAINING.on("GET /internal/models/resolve", 404, "{\"detail\": \"no\"}");
        var answer = member.post(PATH, call("").replace("big", "gone"));
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.json().path("error").path("code").asString()).isEqualTo("model_not_found");
        assertThat(answer.json().path("error").path("message").asString()).startsWith("Model 'gone");
    }

    @Test
    void theCatalogIsShownAsAModelList() {
        FakeServices.TRAINING.on("GET /v2/models", 200, """
                {"items": [{"id": "3b241101-e2bb-4255-8caf-4136c566a962", "model_name": "vendor/big", "name": "Big", "provider": {"name": "vendor"},
                "created_at": "2026-01-01T00:00:00Z"}], "total": 1}""");
        for (var path : new String[] {"/inference/models", "/inference/v1/models"}) {
            assertThat(member.get(path).json()).isEqualTo(JsonMapper.shared().readTree("""
                    {"object": "list", "data": [{"id": "vendor/big", "object": "model", "created": 1767225600, "owned_by": "vendor"}]}"""));
        }
        assertThat(member.get("/inference/v1/models/vendor/big").json().path("id").asString()).isEqualTo("vendor/big");
        assertThat(member.get("/inference/v1/models/vendor/small").status()).isEqualTo(404);
    }

    @Test
    void theBaseAnswersAProbe() {
        assertThat(new Client(port).get("/inference").status()).isEqualTo(200);
        assertThat(new Client(port).send("HEAD", "/inference/", BodyPublishers.noBody()).status()).isEqualTo(200);
    }

    @Test
    void whatIsNoModelCallIsRefusedInTheWordsOfItsDialect() {
        assertThat(member.post("/inference/responses", "{}").json().path("error").path("message").asString()).startsWith("model: required");
        var anthropic = member.post("/inference/v1/messages?beta=true", "{}");
        assertThat(anthropic.status()).isEqualTo(400);
        assertThat(anthropic.json().path("type").asString()).isEqualTo("error");
        var gemini = member.post("/inference/v1beta/models/google/gemini-3:predict", "{}");
        assertThat(gemini.json().path("error").path("status").asString()).isEqualTo("NOT_FOUND");
        assertThat(member.post("/inference/nothing", "{}").status()).isEqualTo(404);
        assertThat(member.get("/inference/v1/messages").status()).isEqualTo(405);
    }

    private static java.io.OutputStream begin(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
        exchange.sendResponseHeaders(200, 0);
        return exchange.getResponseBody();
    }

    private static void write(java.io.OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The catalog's answer for the model of {@link #call}: a new name each time, because answers are remembered for a while. */
    private void catalog(String provider) {
        model = "big-" + NUMBER.incrementAndGet();
        FakeServices.TRAINING.on("GET /internal/models/resolve", 200, """
                {"id": "3b241101-e2bb-4255-8caf-4136c566a962", "modelName": "%s", "provider": "%s", "upstreamModel": "big-1"}"""
                .formatted(model, provider));
    }

    private static final java.util.concurrent.atomic.AtomicInteger NUMBER = new java.util.concurrent.atomic.AtomicInteger();
    private String model;

    private String call(String more) {
        return "{\"model\": \"" + model + "\", \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]" + (more.isEmpty() ? "" : ", " + more) + "}";
    }
}
