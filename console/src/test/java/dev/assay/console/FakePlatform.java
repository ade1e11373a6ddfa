// SPDX-License-Identifier: Apache-2.0

package dev.assay.console;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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
    static final String KEY_OF_A_VIEWER = "viewer";

    private static final List<String> KEYS = List.of(KEY_WITH_RUNS, KEY_WITHOUT_ANYTHING, KEY_OF_A_VIEWER);
    private static final String COOKIE = "assay-sign-in";
    private static final Pattern SIGNED_IN = Pattern.compile("(?:^|; *)" + COOKIE + "=(\\w+)");
    private static final Pattern TYPED_KEY = Pattern.compile("\"key\": *\"(\\w+)\"");
    private static final Path PAGES = Path.of("src/main/resources/console");
    private static final Path ANSWERS = Path.of("src/test/resources/fake-platform");
    private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30";
    /** The gateway's own. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
            + "font-src 'self'; connect-src 'self'; media-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
    private static final Pattern MOMENT = Pattern.compile("\"@([+-]?[0-9.]+)\"");
    private static final Pattern BEGIN = Pattern.compile("\"@(day|hour)-(\\d+)\"");
    private static final Pattern BY = Pattern.compile("(?:^|&)(?:by|cursor)=([\\w,]+)");
    private static final Pattern OF_RUN = Pattern.compile("^trace_ids=([\\w-]+)$");
    private static final String CALL = "01a217d4-f1c5-7749-9e3e-54f90a029868";
    private static final String UNKNOWN_MODEL = "{\"error\": {\"message\": \"Model 'no-such-model' not found.\", \"type\": "
            + "\"invalid_request_error\", \"param\": \"model\", \"code\": \"model_not_found\"}}";
    private static final Pattern CURSOR = Pattern.compile("(?:^|&)cursor=(\\d+)-(\\d+)");
    private static final Pattern UUID_IN_PATH = Pattern.compile(
            "(?i)([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})");

    private final HttpServer server;
    private final Instant start = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private final BlockingQueue<String> changes = new LinkedBlockingQueue<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean away;
    private volatile boolean ended;
    private volatile Set<String> refused = Set.of();
    private volatile String begunAgain = "";

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
        System.out.println(fake.address("/") + " with the keys " + KEYS);
    }

    String address(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    /** While it is away, every API call is answered with 503. */
    void setAway(boolean away) {
        this.away = away;
    }

    /** From now on nobody is signed in, or whoever has a cookie is again. */
    void setSignInsEnded(boolean ended) {
        this.ended = ended;
    }

    /** What these paths hold is not for the role of whoever asks. */
    void setRefused(String... paths) {
        refused = Set.of(paths);
    }

    /** The run's worker is lost and another one begins: from now on its second attempt is told, which has come to its first turn. */
    void beginAgain(String run) {
        begunAgain = run;
    }

    /** What was changed since the last time that this was asked for: {@code DELETE /v2/keys/…}, with its body if it had one. */
    List<String> changes() {
        var all = new ArrayList<String>();
        changes.drainTo(all);
        return all;
    }

    /** The same, once something was changed: a page may show what it does before its request is here. */
    List<String> awaitChanges() {
        var all = new ArrayList<String>();
        try {
            var first = changes.poll(60, TimeUnit.SECONDS);
            if (first != null) {
                all.add(first);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.addAll(changes());
        return all;
    }

    @Override
    public void close() {
        closed.countDown();
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
        if (path.startsWith("/assets/uplot/")) {
            try (var library = FakePlatform.class.getResourceAsStream(UPLOT + path.substring("/assets/uplot".length()))) {
                var type = path.endsWith(".js") ? "text/javascript" : "text/css";
                send(exchange, library == null ? 404 : 200, type, library == null ? new byte[0] : library.readAllBytes());
            }
            return;
        }
        Path file = PAGES.resolve(path.substring(1)).normalize();
        if (!file.startsWith(PAGES) || !Files.isRegularFile(file)) {
            send(exchange, 404, "text/plain", new byte[0]);
            return;
        }
        String type = path.endsWith(".js") ? "text/javascript" : path.endsWith(".css") ? "text/css" : "image/svg+xml";
        send(exchange, 200, type, Files.readAllBytes(file));
    }

    private void answerApi(HttpExchange exchange, URI uri) throws IOException {
        if (away) {
            problem(exchange, 503, "The platform is away.");
        } else if (uri.getPath().equals("/v2/auth/session")) {
            answerSession(exchange);
        } else if (uri.getPath().equals("/v2/auth/ways")) {
            json(exchange, Files.readString(ANSWERS.resolve("public/v2/auth/ways.json")));
        } else {
            var key = signedIn(exchange);
            if (key == null) problem(exchange, 401, "Nobody is signed in here, or no longer. Sign in again.");
            else if (refused.contains(uri.getPath())) problem(exchange, 403, "Your role in this team is viewer; this takes member.");
            else answerAs(key, exchange, uri);
        }
    }

    /** The cookie holds the key itself, which no platform would do. */
    private void answerSession(HttpExchange exchange) throws IOException {
        var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        var typed = TYPED_KEY.matcher(body);
        var key = typed.find() ? typed.group(1) : "";
        if (exchange.getRequestHeaders().getFirst("X-Requested-With") == null) {
            problem(exchange, 403, "A request that a cookie speaks for needs the header 'X-Requested-With'.");
        } else if (exchange.getRequestMethod().equals("DELETE")) {
            exchange.getResponseHeaders().set("Set-Cookie", COOKIE + "=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
            send(exchange, 204, "text/plain", new byte[0]);
        } else if (!KEYS.contains(key)) {
            problem(exchange, 401, "This API key is not valid here: it is mistyped, revoked, or another platform's.");
        } else {
            exchange.getResponseHeaders().set("Set-Cookie", COOKIE + "=" + key + "; Path=/; HttpOnly; SameSite=Strict");
            send(exchange, 201, "application/json", "{}".getBytes(StandardCharsets.UTF_8));
        }
    }

    private @Nullable String signedIn(HttpExchange exchange) {
        var cookie = SIGNED_IN.matcher(Optional.ofNullable(exchange.getRequestHeaders().getFirst("Cookie")).orElse(""));
        return !ended && cookie.find() && KEYS.contains(cookie.group(1)) ? cookie.group(1) : null;
    }

    private void answerAs(String key, HttpExchange exchange, URI uri) throws IOException {
        if (!exchange.getRequestMethod().equals("GET")) {
            answerChange(key, exchange, uri);
            return;
        }
        if (uri.getPath().endsWith("/live")) {
            answerLive(exchange);
            return;
        }
        Path file = ANSWERS.resolve(key).resolve(dashed(uri.getPath().substring(1)));
        var by = BY.matcher(uri.getQuery() == null ? "" : uri.getQuery());
        if (by.find() && Files.isDirectory(file)) file = file.resolve(by.group(1));
        var ofRun = OF_RUN.matcher(uri.getQuery() == null ? "" : uri.getQuery());
        if (ofRun.find()) file = file.resolve(ofRun.group(1));
        Path json = Path.of(file + ".json");
        Path spans = Path.of(file + ".jsonl");
        if (file.endsWith("traces") && Files.isRegularFile(json)) json(exchange, runs(withTimes(Files.readString(json)), uri.getQuery()));
        else if (uri.getPath().endsWith("/log") && !uri.getQuery().contains("after=0&")) json(exchange, "{\"lines\": [], \"next\": 3, \"status\": \"SUCCEEDED\"}");
        else if (Files.isRegularFile(json) && isBegunAgain(uri)) json(exchange, withTimes(ofSecondAttempt(Files.readString(json))));
        else if (Files.isRegularFile(json)) json(exchange, withTimes(Files.readString(json)));
        else if (Files.isRegularFile(spans)) answerTimeline(exchange, Files.readAllLines(spans), uri);
        else problem(exchange, 404, "Unknown here.");
    }

    /** Tells that from here on everything is told, and then nothing: until whoever listens is gone, or this is closed. */
    private void answerLive(HttpExchange exchange) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        try (var answer = exchange.getResponseBody()) {
            answer.write("event: now\nid: 1-0\ndata: {}\n\n".getBytes(StandardCharsets.UTF_8));
            answer.flush();
            closed.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * What was asked for is taken down. A file {@code <key>/POST/v2/….json} is answered with 201, one of model calls with 200; of those an
     * {@code .sse} is told event by event where a stream is asked for.
     */
    private void answerChange(String key, HttpExchange exchange, URI uri) throws IOException {
        var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        changes.add(exchange.getRequestMethod() + " " + uri.getPath() + (body.isEmpty() ? "" : " " + body));
        Path file = ANSWERS.resolve(key).resolve(exchange.getRequestMethod()).resolve(uri.getPath().substring(1).replace(':', '-'));
        Path json = Path.of(file + ".json");
        Path events = Path.of(file + ".sse");
        var isCall = uri.getPath().startsWith("/v2/playground/");
        if (isCall && body.contains("no-such-model")) {
            send(exchange, 404, "application/json", UNKNOWN_MODEL.getBytes(StandardCharsets.UTF_8));
        } else if (Files.isRegularFile(events) && (!Files.isRegularFile(json) || body.contains("\"stream\": true"))) {
            stream(exchange, Files.readString(events), body.contains("slowly"));
        } else if (Files.isRegularFile(json)) {
            exchange.getResponseHeaders().set("x-request-id", CALL);
            send(exchange, isCall ? 200 : 201, "application/json", withTimes(Files.readString(json)).getBytes(StandardCharsets.UTF_8));
        } else {
            send(exchange, 204, "text/plain", new byte[0]);
        }
    }

    /** @param slowly what comes after the first event is long in coming */
    private static void stream(HttpExchange exchange, String events, boolean slowly) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.getResponseHeaders().set("x-request-id", CALL);
        exchange.sendResponseHeaders(200, 0);
        try (var answer = exchange.getResponseBody()) {
            for (var event : events.split("(?<=\n\n)")) {
                answer.write(event.getBytes(StandardCharsets.UTF_8));
                answer.flush();
                LockSupport.parkNanos(slowly ? 5_000_000_000L : 10_000_000L);
            }
        }
    }

    /** Of the newest runs of a job those that stand at one place, as many as are wanted. */
    private static String runs(String text, @Nullable String query) {
        var page = JsonParser.parseString(text).getAsJsonObject();
        var standing = Pattern.compile("(?:^|&)status=(\\w+)").matcher(query == null ? "" : query);
        var shown = new JsonArray();
        var matching = 0;
        for (var item : page.getAsJsonArray("items")) {
            var isWanted = !standing.find(0) || standsAt(item.getAsJsonObject(), standing.group(1));
            matching += isWanted ? 1 : 0;
            if (isWanted && shown.size() < number(query, "limit", 20)) shown.add(item);
        }
        if (standing.find(0)) page.addProperty("total", matching);
        page.add("items", shown);
        return page.toString();
    }

    private static boolean standsAt(JsonObject run, String standing) {
        var status = run.get("status").getAsString();
        return switch (standing) {
            case "running" -> List.of("initializing", "running", "cancelling").contains(status);
            case "ungraded" -> List.of("error", "cancelled").contains(status) || status.equals("completed") && run.get("reward").isJsonNull();
            default -> status.equals(standing);
        };
    }

    private static String dashed(String path) {
        return UUID_IN_PATH.matcher(path).replaceAll("$1-$2-$3-$4-$5").toLowerCase(Locale.ROOT);
    }

    /** {@code "@day-2"} is when the day before yesterday began, {@code "@hour-0"} when this hour did; both by UTC. */
    private String withTimes(String text) {
        var whole = BEGIN.matcher(text).replaceAll(found -> {
            var unit = found.group(1).equals("day") ? ChronoUnit.DAYS : ChronoUnit.HOURS;
            return '"' + start.truncatedTo(unit).minus(Long.parseLong(found.group(2)), unit).toString() + '"';
        });
        return withSeconds(whole);
    }

    private String withSeconds(String text) {
        return MOMENT.matcher(text).replaceAll(found -> '"' + at(found.group(1)).toString() + '"');
    }

    private Instant at(String seconds) {
        return start.plus(Duration.ofMillis((long) (Double.parseDouble(seconds) * 1000)));
    }

    private boolean isBegunAgain(URI uri) {
        return !begunAgain.isEmpty() && uri.getPath().contains(begunAgain);
    }

    private static String ofSecondAttempt(String run) {
        return run.replace("\"attempt\": 1", "\"attempt\": 2");
    }

    private void answerTimeline(HttpExchange exchange, List<String> lines, URI uri) throws IOException {
        var attempt = isBegunAgain(uri) ? 2 : 1;
        var cursor = CURSOR.matcher(uri.getQuery() == null ? "" : uri.getQuery());
        if (!cursor.find()) {
            json(exchange, timeline(lines, attempt, 0, uri.getQuery()));
        } else if (Integer.parseInt(cursor.group(1)) != attempt) {
            problem(exchange, 409, "cursor: the run has begun again since then.");
        } else {
            json(exchange, timeline(lines, attempt, Long.parseLong(cursor.group(2)), uri.getQuery()));
        }
    }

    private String timeline(List<String> all, int attempt, long after, @Nullable String query) {
        List<String> lines = attempt == 1 ? all : all.stream().limit(4).map(line -> line.replaceFirst("\"id\": \"", "$0again-")).toList();
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
        return "{\"attempts\": %d, \"latest_seq\": %d, \"next\": \"%d-%d\", \"more\": %s, \"entries\": [%s]}"
                .formatted(attempt, next, attempt, next, more, entries);
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
        exchange.getResponseHeaders().set("Connection", "close"); // on a kept one this server once in some thousands never reads what comes next
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }
}
