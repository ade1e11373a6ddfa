// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** More than fits into the memory comes at once, and some of it never comes to an end. */
@Order(3)
class FloodTests {

    private static final int UPLOADS = 200;
    private static final int TRICKLES = 50;
    private static final int SPANS = 20;
    private static final byte[] PADDING = "x".repeat(1024 * 1024).getBytes(StandardCharsets.UTF_8);
    private static final String METRICS = "a-token-for-the-metrics-" + UUID.randomUUID();

    /**
     * Status 0: whoever sends the rest of a refused body too slowly, as some do on a busy machine, is hung up on.
     *
     * @param hungUp how that looked to the sender
     */
    private record Upload(UUID run, int status, String retryAfter, String hungUp) {}

    @Test
    void twentyMegabytesFromEachOfTwoHundredAndFiftySendersLeaveThePlatformAnsweringOthers() throws Exception {
        // who would get its turn after some seconds of waiting is refused here
        var settings = Map.of("ASSAY_STANDALONE_WORKER", "false", "ASSAY_METRICS_TOKEN", METRICS, "ASSAY_BODY_PATIENCE", "1s");
        try (var platform = Platform.start(settings); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var key = platform.keyOf("flooded");
            var over = new CountDownLatch(1);
            var trickling = new CountDownLatch(TRICKLES);
            for (int trickle = 0; trickle < TRICKLES; trickle++) {
                threads.submit(() -> trickle(platform, key, trickling, over));
            }
            trickling.await();
            var uploads = new ArrayList<CompletableFuture<Upload>>();
            try (var http = HttpClient.newBuilder().executor(threads).build()) {
                for (int upload = 0; upload < UPLOADS; upload++) {
                    uploads.add(upload(http, platform.api(key)));
                }
                var all = CompletableFuture.allOf(uploads.toArray(CompletableFuture[]::new));
                do {
                    othersAreAnswered(platform.api(key));
                } while (!all.isDone());
            } finally {
                over.countDown(); // or else the slow ones go on for ever
            }

            var ended = uploads.stream().map(CompletableFuture::join).toList();
            var refused = ended.stream().filter(upload -> upload.status() == 503).toList();
            var taken = ended.stream().filter(upload -> upload.status() == 204).toList();
            var hungUpOn = ended.stream().filter(upload -> upload.status() == 0).toList();
            assertThat(refused.size() + taken.size() + hungUpOn.size()).as("%s", ended).isEqualTo(UPLOADS);
            assertThat(hungUpOn).hasSizeLessThan(UPLOADS / 2);
            assertThat(refused).isNotEmpty().allSatisfy(upload -> assertThat(upload.retryAfter()).isEqualTo("25"));
            assertThat(taken).isNotEmpty();
            assertThat(counted(platform)).isGreaterThanOrEqualTo(refused.size());
            assertThat(Files.readString(platform.data.resolve("platform.log"))).doesNotContain("OutOfMemoryError");
            for (var upload : taken) {
                await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofSeconds(1))
                        .until(() -> stored(platform.api(key), upload.run()) == SPANS);
            }
            othersAreAnswered(platform.api(key));
        }
    }

    private static void othersAreAnswered(Api api) {
        api.get("/actuator/health/readiness").expect(200);
        api.get("/v2/auth/me").expect(200);
        api.get("/v2/jobs?limit=5").expect(200);
        var run = UUID.randomUUID();
        api.send("POST", path(run), "{\"telemetry\": [" + span(run, 0, "") + "]}").expect(204);
    }

    private static CompletableFuture<Upload> upload(HttpClient http, Api api) {
        var run = UUID.randomUUID();
        var request = api.request(path(run)).timeout(Duration.ofMinutes(5)).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofInputStream(() -> body(run)))
                .build();
        return http.sendAsync(request, BodyHandlers.discarding())
                .thenApply(answer -> new Upload(run, answer.statusCode(), answer.headers().firstValue("retry-after").orElse(""), ""))
                .exceptionally(hungUp -> new Upload(run, 0, "", hungUp.toString()));
    }

    /** All send the same megabyte: the senders together would need four gigabytes otherwise. */
    private static InputStream body(UUID run) {
        var parts = new ArrayList<InputStream>();
        parts.add(bytes("{\"telemetry\": ["));
        for (int number = 0; number < SPANS; number++) {
            var span = span(run, number, "\u0000").split("\u0000");
            parts.addAll(List.of(bytes((number == 0 ? "" : ",") + span[0]), new ByteArrayInputStream(PADDING), bytes(span[1])));
        }
        parts.add(bytes("]}"));
        return new SequenceInputStream(Collections.enumeration(parts));
    }

    /** Announces as much as the others and sends a few bytes now and then. */
    private static Void trickle(Platform platform, String key, CountDownLatch begun, CountDownLatch over) throws IOException, InterruptedException {
        try (var socket = new Socket("127.0.0.1", platform.port)) {
            var run = UUID.randomUUID();
            var out = socket.getOutputStream();
            out.write(("POST " + path(run) + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer " + key
                    + "\r\nContent-Length: 20000000\r\n\r\n{\"telemetry\": [\"").getBytes(StandardCharsets.UTF_8));
            out.write(PADDING, 0, 100_000);
            begun.countDown();
            while (!over.await(200, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                out.write("x".repeat(500).getBytes(StandardCharsets.UTF_8));
            }
            return null;
        }
    }

    private static long stored(Api api, UUID run) {
        var answer = api.get("/v2/trace/" + run + "/events");
        return answer.status() == 200 ? answer.body().path("events").size() : -1;
    }

    private static double counted(Platform platform) {
        var metrics = new Api("http://127.0.0.1:" + (platform.port + 4), METRICS).get("/actuator/prometheus").expect(200).text();
        return metrics.lines()
                .filter(line -> line.startsWith("assay_body_refused_total"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static String path(UUID run) {
        return "/telemetry/v3/api/trace/" + run + "/telemetry-upload";
    }

    private static String span(UUID run, int number, String padding) {
        return """
                {"name": "step", "trace_id": "%1$s", "span_id": "%2$016x", "start_time": "2026-01-01T00:00:00Z", "end_time": "2026-01-01T00:00:01Z",
                 "status_code": "OK", "attributes": {"hud.task_run_id": "%1$s", "padding": "%3$s"}}""".formatted(run, number + 1, padding);
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
