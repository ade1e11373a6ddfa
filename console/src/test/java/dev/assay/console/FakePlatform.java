// SPDX-License-Identifier: Apache-2.0

package dev.assay.console;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Not a platform: serves the console's pages and canned answers, for developing the pages and testing them alone. Answers
 * lie in {@code src/test/resources/fake-platform/<key>/…json}, one folder per API key; a text {@code "@-60"} in them stands for
 * the time a minute before the start. A timeline is a {@code .jsonl} file; its spans appear when their time has come.
 */
final class FakePlatform implements AutoCloseable {

    static final String KEY_WITH_RUNS = "full";
    static final String KEY_WITHOUT_ANYTHING = "empty";

    private static final Path PAGES = Path.of("src/main/resources/console");
    private static final Path ANSWERS = Path.of("src/test/resources/fake-platform");
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
            + "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    private static final Pattern MOMENT = Pattern.compile("\"@([+-]?[0-9.]+)\"");
    private static final Pattern UUID_IN_PATH = Pattern.compile(
            "(?i)([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})");

    private final HttpServer server;
    private final Instant start = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private volatile boolean away;

    private FakePlatform(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    static FakePlatform start(int port) {
        try {
            return new FakePlatform(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void main(String[] args) {
        var fake = start(args.length > 0 ? Integer.parseInt(args[0]) : 7399);
        System.out.println(fake.address("/#key=" + KEY_WITH_RUNS) + "\n" + fake.address("/#key=" + KEY_WITHOUT_ANYTHING));
    }

    String address(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    /** While it is away, every API call is answered with 503. */
    void setAway(boolean away) {
        this.away = away;
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            URI uri = exchange.getRequestURI();
            if (uri.getPath().startsWith("/v2/")) answerApi(exchange, uri);
            else if (uri.getPath().startsWith("/assets/")) answerAsset(exchange, uri.getPath());
            else send(exchange, 200, "text/html; charset=utf-8", Files.readAllBytes(PAGES.resolve("index.html")));
        }
    }

    private void answerAsset(HttpExchange exchange, String path) throws IOException {
        Path file = PAGES.resolve(path.substring(1)).normalize();
        if (!file.startsWith(PAGES) || !Files.isRegularFile(file)) {
            send(exchange, 404, "text/plain", new byte[0]);
            return;
        }
        String type = path.endsWith(".js") ? "text/javascript" : path.endsWith(".css") ? "text/css" : "image/svg+xml";
        send(exchange, 200, type, Files.readAllBytes(file));
    }

    private void answerApi(HttpExchange exchange, URI uri) throws IOException {
        String header = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse("");
        String key = header.replaceFirst("^Bearer ", "");
        if (away) {
            problem(exchange, 503, "The platform is away.");
        } else if (!List.of(KEY_WITH_RUNS, KEY_WITHOUT_ANYTHING).contains(key)) {
            problem(exchange, 401, "This API key is not known.");
        } else {
            Path file = ANSWERS.resolve(key).resolve(dashed(uri.getPath().substring(1)));
            Path json = Path.of(file + ".json");
            Path spans = Path.of(file + ".jsonl");
            if (Files.isRegularFile(json)) json(exchange, withTimes(Files.readString(json)));
            else if (Files.isRegularFile(spans)) json(exchange, timeline(Files.readAllLines(spans), uri.getQuery()));
            else problem(exchange, 404, "Unknown here.");
        }
    }

    private static String dashed(String path) {
        return UUID_IN_PATH.matcher(path).replaceAll("$1-$2-$3-$4-$5").toLowerCase(Locale.ROOT);
    }

    private String withTimes(String text) {
        return MOMENT.matcher(text).replaceAll(found -> '"' + at(found.group(1)).toString() + '"');
    }

    private Instant at(String seconds) {
        return start.plus(Duration.ofMillis((long) (Double.parseDouble(seconds) * 1000)));
    }

    private String timeline(List<String> lines, @Nullable String query) {
        long after = number(query, "after", 0);
        long limit = number(query, "limit", 500);
        List<Integer> shown = IntStream.range(0, lines.size())
                .filter(index -> index + 1 > after && hasHappened(lines.get(index)))
                .limit(limit)
                .boxed()
                .toList();
        String entries = shown.stream()
                .map(index -> withTimes(lines.get(index)).replaceFirst("\\{", "{\"seq\": " + (index + 1) + ", "))
                .collect(Collectors.joining(",\n"));
        long next = shown.isEmpty() ? after : shown.getLast() + 1;
        boolean more = lines.stream().filter(this::hasHappened).count() > next;
        return "{\"attempts\": 1, \"latest_seq\": %d, \"next\": %s, \"entries\": [%s]}".formatted(next, more ? next : null, entries);
    }

    private boolean hasHappened(String line) {
        var moment = MOMENT.matcher(line);
        return !moment.find() || !at(moment.group(1)).isAfter(Instant.now());
    }

    private static long number(@Nullable String query, String name, long otherwise) {
        var found = Pattern.compile("(?:^|&)" + name + "=(\\d+)").matcher(query == null ? "" : query);
        return found.find() ? Long.parseLong(found.group(1)) : otherwise;
    }

    private static void json(HttpExchange exchange, String text) throws IOException {
        send(exchange, 200, "application/json", text.getBytes(StandardCharsets.UTF_8));
    }

    private static void problem(HttpExchange exchange, int status, String detail) throws IOException {
        String text = "{\"title\": \"Fake\", \"status\": %d, \"detail\": \"%s\"}".formatted(status, detail);
        send(exchange, status, "application/problem+json", text.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Content-Security-Policy", POLICY);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }
}
