// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was acknowledged is still there after everything was killed. */
@Order(2)
class SurvivalTests {

    private static final Logger log = LoggerFactory.getLogger(SurvivalTests.class);

    @Test
    void keysRunsSpansRecordedCallsAndStepsOutliveASigkill() {
        try (var platform = Platform.start(Map.of("ASSAY_STANDALONE_WORKER", "false"))) {
            var key = platform.keyOf("survivors");
            var api = platform.api(key);
            var hud = new Hud().source("letters").against(platform.url(), key);
            var job = hud.run("eval", "tasks.py", "openai_compatible", "--model", "scripted/letters", "--all", "-y").exitsWith(0)
                    .find("/jobs/([0-9a-f-]{36})");
            var uploads = new Uploads(api);
            uploads.begin();
            await().atMost(Duration.ofMinutes(2)).until(() -> uploads.acknowledged() > 0);
            platform.databaseHangs();
            uploads.areStillAcknowledgedWithAKeyThatHasToBeLookedUpAgain();
            platform.databaseGoesOn();
            var recording = new RecordedCalls(api);
            recording.begin();
            var taught = new TaughtModel(api);
            taught.begin();
            await().atMost(Duration.ofMinutes(2)).until(() -> uploads.acknowledged() > 200 && recording.answered() > 100 && taught.answered() > 10);

            platform.killEverything();
            uploads.end();
            recording.end();
            taught.end();
            var started = System.nanoTime();
            platform.startAgain();
            var ready = System.nanoTime();

            // long: how quick it is, is measured elsewhere; here it is only told
            await().atMost(Duration.ofMinutes(3)).pollInterval(Duration.ofMillis(200)).untilAsserted(uploads::areAllReadable);
            log.info("{} acknowledged spans: ready {} ms after the start, all readable {} ms after that; load average {}",
                    uploads.acknowledged(), Duration.ofNanos(ready - started).toMillis(), millisSince(ready),
                    ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
            recording.isWholeAndHasAllThatWereAnswered();
            taught.isWhereItWasOrOneStepFurther();
            var runs = api.get("/v2/jobs/" + job + "/traces?limit=20").expect(200).body().get("items");
            assertThat(runs).hasSize(3).allSatisfy(run -> assertThat(run.get("reward").doubleValue()).isEqualTo(1.0));
            var run = UUID.fromString(runs.get(0).get("id").stringValue());
            assertThat(hud.run("trace", run.toString()).exitsWith(0).text()).contains("Turn 1");
        }
    }

    private static long millisSince(long then) {
        return Duration.ofNanos(System.nanoTime() - then).toMillis();
    }

    /** Clients that upload spans as fast as they can, and remember which were acknowledged. */
    private static final class Uploads {

        private static final int CLIENTS = 8;

        private final Api api;
        private final Map<UUID, Set<String>> acknowledged = new ConcurrentHashMap<>();
        private final AtomicBoolean running = new AtomicBoolean();
        private final List<Future<?>> clients = new ArrayList<>();

        Uploads(Api api) {
            this.api = api;
        }

        void begin() {
            running.set(true);
            var threads = Executors.newVirtualThreadPerTaskExecutor();
            for (var client = 0; client < CLIENTS; client++) {
                clients.add(threads.submit(this::upload));
            }
        }

        void end() {
            running.set(false);
            clients.forEach(client -> await().until(client::isDone));
        }

        int acknowledged() {
            return acknowledged.values().stream().mapToInt(Set::size).sum();
        }

        void areStillAcknowledgedWithAKeyThatHasToBeLookedUpAgain() {
            var keyForgotten = System.nanoTime() + Duration.ofSeconds(4).toNanos();
            await().atMost(Duration.ofMinutes(1)).until(() -> System.nanoTime() > keyForgotten);
            var before = acknowledged();
            await().atMost(Duration.ofMinutes(1)).until(() -> acknowledged() > before + 200);
            var newRun = UUID.randomUUID();
            api.post("/telemetry/v3/api/trace/" + newRun + "/telemetry-upload", spans(newRun, 1)).expect(204);
            acknowledged.put(newRun, Set.of("s1"));
        }

        void areAllReadable() {
            acknowledged.forEach((run, spans) -> {
                var readable = new HashSet<String>();
                api.get("/v2/trace/" + run + "/events").expect(200).body().get("events")
                        .forEach(event -> readable.add(event.get("id").stringValue()));
                assertThat(readable).containsAll(spans);
            });
        }

        private void upload() {
            var run = UUID.randomUUID();
            for (var step = 1; running.get(); step++) {
                if (api.post("/telemetry/v3/api/trace/" + run + "/telemetry-upload", spans(run, step)).status() == 204) {
                    acknowledged.computeIfAbsent(run, first -> ConcurrentHashMap.newKeySet()).add("s" + step);
                }
            }
        }

        private static Map<String, Object> spans(UUID run, int step) {
            return Map.of("telemetry", List.of(Map.of(
                    "name", "step.user",
                    "span_id", "s" + step,
                    "start_time", "2026-11-22T11:28:24Z",
                    "end_time", "2026-11-22T11:28:24Z",
                    "attributes", Map.of(
                            "hud.schema", "hud.step.v1",
                            "hud.task_run_id", run.toString(),
                            "hud.payload", Map.of(
                                    "source", "user",
                                    "step_id", step,
                                    "messages", List.of(Map.of("role", "user", "content", Map.of("type", "text", "text", "x".repeat(500)))))))));
        }
    }
}
