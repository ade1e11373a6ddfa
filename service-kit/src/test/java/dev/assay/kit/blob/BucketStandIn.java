// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.blob;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * A stand-in for a store that speaks as Amazon's S3 does, as far as blobs need it: objects of one bucket by path, their times in whole seconds,
 * lists of one at a time. Its clock stands still until somebody asks it.
 */
final class BucketStandIn implements AutoCloseable {

    static final String BUCKET = "a-bucket";
    static final String KEY = "the-key";

    private record Kept(byte[] content, Instant at) {}

    private final Map<String, Kept> objects = new ConcurrentSkipListMap<>();
    private final AtomicReference<Instant> clock = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final HttpServer server;

    BucketStandIn() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/" + BUCKET, this::answer);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What was put before it was asked is older by then, what is put afterwards is not. */
    Instant now() {
        return clock.updateAndGet(time -> time.plusSeconds(20)).minusSeconds(10);
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void answer(HttpExchange asked) throws IOException {
        var authorization = asked.getRequestHeaders().getFirst("Authorization");
        var name = asked.getRequestURI().getPath().substring(BUCKET.length() + 1).replaceFirst("^/", "");
        var body = asked.getRequestBody().readAllBytes();
        if (authorization == null || !authorization.startsWith("AWS4-HMAC-SHA256 Credential=" + KEY + "/")) {
            answer(asked, 403, "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>".getBytes(UTF_8));
        } else if (name.isEmpty()) {
            answer(asked, 200, list(asked.getRequestURI().getRawQuery()).getBytes(UTF_8));
        } else if (asked.getRequestMethod().equals("PUT")) {
            objects.put(name, new Kept(body, clock.get()));
            answer(asked, 200, new byte[0]);
        } else if (asked.getRequestMethod().equals("DELETE")) {
            objects.remove(name);
            answer(asked, 204, new byte[0]);
        } else if (objects.get(name) instanceof Kept kept) {
            var headers = asked.getResponseHeaders();
            headers.set("Last-Modified", DateTimeFormatter.RFC_1123_DATE_TIME.format(kept.at().atOffset(ZoneOffset.UTC)));
            answer(asked, 200, kept.content());
        } else {
            answer(asked, 404, "<Error><Code>NoSuchKey</Code><Message>There is none</Message></Error>".getBytes(UTF_8));
        }
    }

    private static void answer(HttpExchange asked, int status, byte[] content) throws IOException {
        try (asked) {
            if (asked.getRequestMethod().equals("HEAD")) {
                asked.getResponseHeaders().set("Content-Length", String.valueOf(content.length));
                asked.sendResponseHeaders(status, -1);
            } else {
                asked.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
                asked.getResponseBody().write(content);
            }
        }
    }

    private String list(String query) {
        var asked = Arrays.stream(query.split("&")).map(one -> one.split("=", 2))
                .collect(Collectors.toMap(one -> one[0], one -> one.length == 1 ? "" : URLDecoder.decode(one[1], UTF_8)));
        var prefix = asked.getOrDefault("prefix", "");
        var found = objects.entrySet().stream()
                .filter(one -> one.getKey().startsWith(prefix) && one.getKey().compareTo(asked.getOrDefault("continuation-token", "")) > 0)
                .limit(2)
                .toList();
        var more = found.size() == 2;
        var contents = found.stream().limit(1).map(one -> "<Contents><Key>" + one.getKey() + "</Key><LastModified>"
                        + one.getValue().at().truncatedTo(ChronoUnit.SECONDS) + "</LastModified><Size>" + one.getValue().content().length
                        + "</Size></Contents>")
                .collect(Collectors.joining());
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult><IsTruncated>" + more + "</IsTruncated>" + contents
                + (more ? "<NextContinuationToken>" + found.getFirst().getKey() + "</NextContinuationToken>" : "") + "</ListBucketResult>";
    }
}
