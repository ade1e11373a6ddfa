// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.door;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.assay.sdk.protocol.Dial;
import dev.assay.sdk.runtimes.Network;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes out of sandboxes, as raw as a stranger can make it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DoorTests {

    static final BlockingQueue<String> ASKED = new LinkedBlockingQueue<>();
    static final CountDownLatch SEEN = new CountDownLatch(1);
    static final AtomicInteger LOOKUPS = new AtomicInteger();

    static final KeyPlaceholders PLACEHOLDERS = new KeyPlaceholders();
    static final HostLists LISTS = new HostLists();
    static final ModelAnswers ANSWERS = new ModelAnswers();

    static HttpServer gateway;
    static HttpServer outside;
    static Path folder;
    static Door door;

    @BeforeAll
    static void open() throws Exception {
        gateway = server(DoorTests::asGateway);
        outside = server(exchange -> answer(exchange, "outside " + exchange.getRequestURI()));
        folder = Files.createTempDirectory("door");
        var policy = new EgressPolicy(DoorTests::resolve, List.of("allowed.example", "turning.example"), Set.of());
        var sockets = Map.of(Network.NONE, folder.resolve("none"), Network.OUTBOUND, folder.resolve("outbound"), Network.LISTED, folder.resolve("listed"));
        door = Door.open(sockets, URI.create("http://127.0.0.1:" + gateway.getAddress().getPort()), policy, LISTS, PLACEHOLDERS, ANSWERS);
    }

    @AfterAll
    static void close() throws Exception {
        door.close();
        gateway.stop(0);
        outside.stop(0);
        try (var left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
        Files.delete(folder);
    }

    /** The public world, on this machine. */
    private static InetAddress[] resolve(String host) throws UnknownHostException {
        return switch (host) {
            case "allowed.example" -> new InetAddress[] {InetAddress.ofLiteral("127.0.0.1")};
            case "turning.example" -> new InetAddress[] {InetAddress.ofLiteral(LOOKUPS.getAndIncrement() == 0 ? "127.0.0.1" : "127.0.0.2")};
            default -> InetAddress.getAllByName(host);
        };
    }

    private static HttpServer server(com.sun.net.httpserver.HttpHandler handler) throws IOException {
        var server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            try (exchange) {
                handler.handle(exchange);
            }
        });
        server.start();
        return server;
    }

    private static void answer(HttpExchange exchange, String text) throws IOException {
        exchange.sendResponseHeaders(200, text.length());
        exchange.getResponseBody().write(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void asGateway(HttpExchange exchange) throws IOException {
        var key = exchange.getRequestHeaders().getFirst("Authorization");
        ASKED.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + key);
        if (exchange.getRequestURI().getPath().endsWith("/stream")) {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write("first\n".getBytes());
            exchange.getResponseBody().flush();
            try {
                SEEN.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.getResponseBody().write("second\n".getBytes());
            return;
        }
        if (exchange.getRequestURI().getPath().contains("refused")) {
            exchange.sendResponseHeaders(503, -1);
            return;
        }
        long size = exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
        answer(exchange, "gateway took " + size);
    }

    @Test
    void aNameOfManyAddressesIsTriedAtItsFirstFour() throws IOException {
        int nobody;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = socket.getLocalPort();
        }
        var refusing = new InetSocketAddress(InetAddress.getLoopbackAddress(), nobody);
        var there = new InetSocketAddress("127.0.0.1", outside.getAddress().getPort());
        try (var socket = DoorKeeper.connect(List.of(refusing, refusing, refusing, there), Duration.ofSeconds(15))) {
            assertThat(socket.getPort()).isEqualTo(there.getPort());
        }
        assertThatThrownBy(() -> DoorKeeper.connect(List.of(refusing, refusing, refusing, refusing, there), Duration.ofSeconds(15)))
                .isInstanceOf(ConnectException.class);
    }

    private static Socket dial(Network network) throws IOException {
        var path = folder.resolve(network.name().toLowerCase(Locale.ROOT));
        return Dial.to(UnixDomainSocketAddress.of(path), Duration.ofSeconds(5));
    }

    private static String ask(Network network, String head) throws IOException {
        try (var socket = dial(network)) {
            socket.getOutputStream().write((head + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String get(String path) throws IOException {
        return ask(Network.NONE, "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:7388");
    }

    @Test
    void modelCallsAndSpansReachTheGatewayAsTheyAre() throws Exception {
        var path = "/inference/v1beta/models/some-model:generateContent?alt=sse&key=%20";
        var head = " HTTP/1.1\r\nHost: 127.0.0.1:7388\r\nAuthorization: Bearer key\r\nContent-Length: 0";
        assertThat(ask(Network.NONE, "POST " + path + head))
                .startsWith("HTTP/1.1 200").endsWith("gateway took 0");
        assertThat(ASKED).contains("POST " + path + " Bearer key");
        assertThat(get("/telemetry/trace/abc/upload")).startsWith("HTTP/1.1 200");
        assertThat(get("/otlp/v1/traces")).startsWith("HTTP/1.1 200");
        // the Claude CLI asks first whether somebody is there
        assertThat(ask(Network.NONE, "HEAD /inference HTTP/1.1\r\nHost: 127.0.0.1:7388")).startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/", "/v2/admin/keys", "/internal/leases", "/inference/", "/telemetry", "/inference/../v2/keys", "/inference/..%2fv2/keys",
        "/inference/%2e%2e/v2/keys", "/inference/.%2e/v2", "/inference//v2", "//inference/x", "/inference/..;/v2", "/inference;x/y",
        "/%69nference/chat", "/inference%2fchat", "/inference/x/../../v2", "/inference/.hidden", "/inference\\..\\v2", "/Inference/chat",
        "/telemetry/%c0%ae%c0%ae/v2", "/actuator/prometheus", "/v3/api-docs"})
    void nothingElseOfItDoes(String path) throws Exception {
        ASKED.clear();
        assertThat(get(path)).containsPattern("^HTTP/1.1 4(00|03)");
        assertThat(ask(Network.OUTBOUND, "GET " + path + " HTTP/1.1\r\nHost: localhost")).containsPattern("^HTTP/1.1 4(00|03)");
        assertThat(ASKED).isEmpty();
    }

    private static final String RUN = "2b0e365b20f64f3bb114738e592b4f44";
    private static final String TOLD = " HTTP/1.1\r\nHost: 127.0.0.1:7388\r\nContent-Length: 0\r\nAuthorization: ";

    @ParameterizedTest
    @ValueSource(strings = {
        "/v2/trace/" + RUN + "/enter", "/v2/trace/" + RUN + "/exit", "/v2/trace/job/" + RUN + "/enter",
        "/v2/trace/2b0e365b-20f6-4f3b-b114-738e592b4f44/enter"})
    void beginningAndEndOfARunAreToldWithARunsKey(String path) throws Exception {
        ASKED.clear();
        for (var network : List.of(Network.NONE, Network.OUTBOUND)) {
            assertThat(ask(network, "POST " + path + TOLD + "Bearer ark_key")).startsWith("HTTP/1.1 200");
            assertThat(ASKED.take()).isEqualTo("POST " + path + " Bearer ark_key");
        }
        assertThat(ask(Network.NONE, "GET " + path + TOLD + "Bearer ark_key")).startsWith("HTTP/1.1 403");
        assertThat(ask(Network.NONE, "POST " + path + TOLD + "Bearer ask_of-a-team")).startsWith("HTTP/1.1 403");
        assertThat(ask(Network.NONE, "POST " + path + TOLD + "ark_key")).startsWith("HTTP/1.1 403");
        assertThat(ask(Network.NONE, "POST " + path + TOLD + "Bearer ark_key\r\nAuthorization: Bearer ask_of-a-team")).startsWith("HTTP/1.1 403");
        assertThat(ask(Network.NONE, "POST " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0")).startsWith("HTTP/1.1 403");
        assertThat(ASKED).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/v2/trace/" + RUN, "/v2/trace/" + RUN + "/", "/v2/trace/" + RUN + "/enter/", "/v2/trace//" + RUN + "/enter",
        "/v2/trace/" + RUN + "/enter?x=1", "/v2/trace/" + RUN + "/enter;x", "/v2/trace/job/" + RUN + "/exit", "/v2/trace/job/enter",
        "/v2/trace/my-run/enter", "/v2/trace/%32b0e365b20f64f3bb114738e592b4f44/enter", "/v2/trace/" + RUN + "/%65nter",
        "/v2/trace/" + RUN + "/events", "/v2/trace/" + RUN + "/grade", "/v2/trace/" + RUN + "/../../keys/enter", "/v2/rollouts/submit",
        "/v2/models", "/v2/jobs", "/V2/trace/" + RUN + "/enter", "//v2/trace/" + RUN + "/enter", "/inference/../v2/trace/" + RUN + "/enter"})
    void nothingElseIsToldWithARunsKey(String path) throws Exception {
        ASKED.clear();
        assertThat(ask(Network.NONE, "POST " + path + TOLD + "Bearer ark_key")).containsPattern("^HTTP/1.1 4(00|03)");
        assertThat(ask(Network.OUTBOUND, "POST " + path + TOLD + "Bearer ark_key")).containsPattern("^HTTP/1.1 4(00|03)");
        assertThat(ASKED).isEmpty();
    }

    @Test
    void answersFlowAsTheyCome() throws Exception {
        try (var socket = dial(Network.NONE)) {
            socket.getOutputStream().write("GET /inference/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes());
            var lines = new BufferedReader(new InputStreamReader(socket.getInputStream()));
            var line = lines.readLine();
            while (!line.equals("first")) {
                line = lines.readLine();
            }
            SEEN.countDown();
            while (!line.equals("second")) {
                line = lines.readLine();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Authorization: Bearer ark_one", "Authorization: bearer ark_one", "x-api-key: ark_one", "x-goog-api-key:  ark_one "})
    void itIsKnownWhoseModelCallsWereAnswered(String credential) throws Exception {
        var head = " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n";
        try (var one = ANSWERS.watch("ark_one"); var other = ANSWERS.watch("ark_other")) {
            ask(Network.NONE, "GET /inference/models" + head + credential);
            ask(Network.NONE, "POST /telemetry/upload" + head + credential);
            ask(Network.NONE, "POST /inference/v1beta/models/refused:generateContent" + head + credential);
            for (var silent : List.of("v1/messages/count_tokens", "embeddings", "responses/r/cancel", "v1beta/models/m:countTokens")) {
                ask(Network.NONE, "POST /inference/" + silent + head + credential);
            }
            assertThat(one.answered()).isFalse();
            ask(Network.NONE, "POST /inference/chat/completions" + head + credential);
            await().until(one::answered);
            assertThat(other.answered()).isFalse();
        }
        for (var path : List.of("v1/chat/completions", "responses", "v1/messages?beta=true", "v1beta/models/a/b:streamGenerateContent?alt=sse")) {
            try (var one = ANSWERS.watch("ark_one")) {
                ask(Network.NONE, "POST /inference/" + path + head + credential);
                await().until(one::answered);
            }
        }
        try (var one = ANSWERS.watch("ark_one")) {
            ask(Network.NONE, "POST /inference/v1beta/models/m:generateContent?a=b&key=ark_one" + head + "X: y");
            await().until(one::answered);
        }
        try (var later = ANSWERS.watch("ark_one")) {
            assertThat(later.answered()).isFalse();
        }
    }

    @Test
    void whatStandsForARunsKeyOpensWhatThatDoesOnceThereIsARun() throws Exception {
        var head = " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n";
        var placeholder = PLACEHOLDERS.fresh();
        assertThat(PLACEHOLDERS.fill(placeholder, "ark_a$1")).isTrue();
        assertThat(PLACEHOLDERS.fill(placeholder, "ark_another")).as("it is one run's").isFalse();
        ASKED.clear();
        try (var run = ANSWERS.watch("ark_a$1")) {
            ask(Network.NONE, "POST /inference/chat/completions?said=" + placeholder + "&key=" + placeholder + head + "Authorization: Bearer " + placeholder);
            assertThat(ASKED.take()).isEqualTo("POST /inference/chat/completions?said=" + placeholder + "&key=ark_a$1 Bearer ark_a$1");
            await().until(run::answered);
        }
        PLACEHOLDERS.drop(placeholder);
        ask(Network.NONE, "GET /inference/models" + head + "Authorization: Bearer " + placeholder);
        assertThat(ASKED.take()).endsWith(" Bearer " + placeholder);
    }

    @Test
    void whatWasShownBeforeThereIsARunStandsForNoKeyEver() throws Exception {
        var placeholder = PLACEHOLDERS.fresh();
        ASKED.clear();
        ask(Network.NONE, "GET /inference/models HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nx-api-key: " + placeholder);
        assertThat(ASKED.take()).isEqualTo("GET /inference/models null");
        assertThat(PLACEHOLDERS.fill(placeholder, "ark_a")).isFalse();
    }

    @Test
    void aHundredMegabytesPass() throws Exception {
        long size = 100L << 20;
        try (var socket = dial(Network.NONE)) {
            var out = socket.getOutputStream();
            out.write(("POST /telemetry/upload HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: " + size + "\r\n\r\n")
                    .getBytes());
            var chunk = new byte[1 << 20];
            for (long sent = 0; sent < size; sent += chunk.length) {
                out.write(chunk);
            }
            assertThat(new String(socket.getInputStream().readAllBytes())).endsWith("gateway took " + size);
        }
    }

    /** A connection that is closed while its sender still writes takes the answer with it. */
    @Test
    void whoIsRefusedMaySayItAllAndHearsWhy() throws Exception {
        try (var socket = dial(Network.NONE)) {
            var size = 1 << 20;
            var out = socket.getOutputStream();
            out.write(("POST /internal/leases HTTP/1.1\r\nHost: 127.0.0.1:7388\r\nContent-Length: " + size + "\r\n\r\n").getBytes());
            out.write(new byte[size]);
            assertThat(new String(socket.getInputStream().readAllBytes())).startsWith("HTTP/1.1 403").contains("plainly spelled");
        }
    }

    @Test
    void aSandboxWithoutNetworkReachesNothingOutside() throws Exception {
        var port = outside.getAddress().getPort();
        assertThat(ask(Network.NONE, "GET http://allowed.example:" + port + "/x HTTP/1.1\r\nHost: allowed.example:" + port))
                .startsWith("HTTP/1.1 403");
        assertThat(ask(Network.NONE, "CONNECT allowed.example:" + port + " HTTP/1.1\r\nHost: allowed.example:" + port))
                .startsWith("HTTP/1.1 403")
                .contains("this sandbox has no network");
    }

    @Test
    void oneWithNetworkReachesWhatIsAllowedInTheOpenAndThroughATunnel() throws Exception {
        var port = outside.getAddress().getPort();
        assertThat(ask(Network.OUTBOUND, "GET http://allowed.example:" + port + "/a%2Fb?c HTTP/1.1\r\nHost: allowed.example:" + port))
                .startsWith("HTTP/1.1 200").endsWith("outside /a%2Fb?c");
        try (var socket = dial(Network.OUTBOUND)) {
            var lines = new BufferedReader(new InputStreamReader(socket.getInputStream()));
            var there = "allowed.example:" + port;
            socket.getOutputStream().write(("CONNECT " + there + " HTTP/1.1\r\nHost: " + there + "\r\n\r\n").getBytes());
            assertThat(lines.readLine()).startsWith("HTTP/1.1 200");
            while (!lines.readLine().isEmpty()) {
                // its headers
            }
            socket.getOutputStream().write("GET /tunnel HTTP/1.1\r\nHost: allowed.example\r\nConnection: close\r\n\r\n".getBytes());
            assertThat(lines.lines()).endsWith("outside /tunnel");
        }
    }

    @Test
    void oneWithAListReachesThatAloneAndOnlyWithItsPassword() throws Exception {
        var port = outside.getAddress().getPort();
        var mine = password(LISTS.pass(List.of("*.below.example", "allowed.example", "localhost")));
        var others = password(LISTS.pass(List.of("turning.example")));
        assertThat(password(LISTS.pass(List.of("turning.example")))).as("the same list has the same").isEqualTo(others);
        for (var asked : List.of("GET http://allowed.example:" + port + "/x", "CONNECT allowed.example:" + port)) {
            var head = asked + " HTTP/1.1\r\nHost: allowed.example:" + port;
            assertThat(ask(Network.LISTED, head)).startsWith("HTTP/1.1 407").contains("Proxy-Authenticate: Basic");
            for (var wrong : List.of(password("guess"), "\r\nProxy-Authorization: Basic %", mine + mine)) {
                assertThat(ask(Network.LISTED, head + wrong)).startsWith("HTTP/1.1 407");
            }
            assertThat(ask(Network.LISTED, head + others)).startsWith("HTTP/1.1 403").contains("turning.example only, and not 'allowed.example'");
            assertThat(ask(Network.NONE, head + mine)).startsWith("HTTP/1.1 403");
        }
        var open = "GET http://Allowed.Example:" + port + "/x HTTP/1.1\r\nHost: allowed.example:" + port;
        assertThat(ask(Network.LISTED, open + mine)).startsWith("HTTP/1.1 200").endsWith("outside /x");
        assertThat(ask(Network.LISTED, "CONNECT localhost:" + port + " HTTP/1.1\r\nHost: localhost:" + port + mine))
                .as("listed, and not public").startsWith("HTTP/1.1 403").contains("not a public address");
        assertThat(ask(Network.LISTED, "GET /inference/models HTTP/1.1\r\nHost: 127.0.0.1:7388")).startsWith("HTTP/1.1 200");
    }

    private static String password(String pass) {
        return "\r\nProxy-Authorization: Basic " + Base64.getEncoder().encodeToString(("hosts:" + pass).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aStarIsForWhatIsBelowANameAndNotForTheNameItself() {
        var hosts = List.of("*.example.org", "example.com");
        assertThat(List.of("a.example.org", "a.b.EXAMPLE.org", "example.com.", "Example.com")).allMatch(host -> HostLists.allows(hosts, host));
        assertThat(List.of("example.org", ".example.org", "badexample.org", "a.example.com", "example.com.evil.net", "")).noneMatch(host -> HostLists.allows(hosts, host));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "127.1", "169.254.169.254", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "10.0.0.1"})
    void neverWhatIsNotPublic(String host) throws Exception {
        var port = outside.getAddress().getPort();
        assertThat(ask(Network.OUTBOUND, "CONNECT " + host + ":" + port + " HTTP/1.1\r\nHost: " + host + ":" + port))
                .startsWith("HTTP/1.1 403")
                .contains("not a public address");
        assertThat(ask(Network.OUTBOUND, "GET http://" + host + ":" + port + "/secret HTTP/1.1\r\nHost: " + host + ":" + port))
                .containsPattern("^HTTP/1.1 4(00|03)")
                .doesNotContain("outside");
    }

    /** The second look-up would lead elsewhere: there must be none between the look and the leap. */
    @Test
    void theAddressThatWasLookedAtIsTheOneConnectedTo() throws Exception {
        LOOKUPS.set(0);
        var port = outside.getAddress().getPort();
        assertThat(ask(Network.OUTBOUND, "GET http://turning.example:" + port + "/ HTTP/1.1\r\nHost: turning.example:" + port))
                .startsWith("HTTP/1.1 200");
        assertThat(LOOKUPS).hasValue(1);
    }

    @Test
    void whatDoesNotAnswerIsSaidSo() throws Exception {
        assertThat(ask(Network.OUTBOUND, "CONNECT no-such-host.invalid:443 HTTP/1.1\r\nHost: no-such-host.invalid:443"))
                .startsWith("HTTP/1.1 502");
        assertThat(ask(Network.OUTBOUND, "GET http://no-such-host.invalid/ HTTP/1.1\r\nHost: no-such-host.invalid"))
                .startsWith("HTTP/1.1 502")
                .contains("there is no host");
    }
}
