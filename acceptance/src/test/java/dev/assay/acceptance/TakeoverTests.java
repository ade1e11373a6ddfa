// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A worker that is killed in the middle of a run costs one attempt and nothing else; one that is stopped by plan, not even that. */
class TakeoverTests {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Test
    void anotherWorkerTakesTheRunOverAndNothingOfTheDeadAttemptIsLeft() {
        try (var platform = Platform.start(Map.of("ASSAY_STANDALONE_WORKER", "false", "ASSAY_LEASE_TTL", "4s"))) {
            var data = Repository.freshFolder("workers");
            var key = platform.keyOf("takeover");
            var api = platform.api(key);
            var run = UUID.randomUUID();
            var job = UUID.randomUUID();
            try (var first = WorkerProcess.start(platform, data, platform.port + 6)) {
                new Hud().source("counter").against(platform.url(), key).run("deploy", "--yes", "--no-env").exitsWith(0);
                api.post("/v2/rollouts/submit", Runs.submission(run, job, "counter", "count_words", Map.of("text", "one two three"),
                        "scripted/patient")).expect(200, 201);
                await().atMost(PATIENCE).until(() -> api.get("/v2/trace/" + run + "/timeline?limit=50").text().contains("\"kind\":\"prompt\""));

                first.process.signal("KILL");
                await().atMost(PATIENCE).until(() -> !first.process.handle().isAlive());
            }
            try (var second = WorkerProcess.start(platform, data, platform.port + 7)) {
                var ended = Runs.finished(api, run);

                assertThat(ended.get("status").stringValue()).isEqualTo("completed");
                assertThat(ended.get("reward").doubleValue()).isEqualTo(1.0);
                await().atMost(PATIENCE).untilAsserted(() -> {
                    assertThat(api.get("/v2/jobs/" + job).expect(200).body().get("graded_count").intValue()).isEqualTo(1);
                    assertThat(api.get("/v2/trace/" + run + "/grade").expect(200).body().get("reward").doubleValue()).isEqualTo(1.0);
                });
                assertThat(second.process.handle().isAlive()).isTrue();
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(Leftovers.processesNaming(data)).isEmpty());
                await().atMost(PATIENCE).untilAsserted(() -> assertThat(Leftovers.sandboxesIn(data)).isEmpty());
            }
        }
    }

    /** Of two workers that may be lost one is: the stalled one. Had the stop cost the run anything, it would have ended as lost. */
    @Test
    void aPlannedStopCostsNothingAndAStalledWorkerIsNotHeardAnyMore() {
        var settings = Map.of("ASSAY_STANDALONE_WORKER", "false", "ASSAY_LEASE_TTL", "4s", "ASSAY_LEASE_MAX_ATTEMPTS", "2");
        try (var platform = Platform.start(settings)) {
            var data = Repository.freshFolder("workers");
            var key = platform.keyOf("stops");
            var api = platform.api(key);
            var run = UUID.randomUUID();
            var job = UUID.randomUUID();
            try (var stopped = WorkerProcess.start(platform, data, platform.port + 6)) {
                new Hud().source("counter").against(platform.url(), key).run("deploy", "--yes", "--no-env").exitsWith(0);
                api.post("/v2/rollouts/submit", Runs.submission(run, job, "counter", "count_words", Map.of("text", "one two three"),
                        "scripted/patient")).expect(200, 201);
                await().atMost(PATIENCE).until(() -> Runs.status(api, run).equals("running"));
                stopped.process.signal("TERM");
                await().atMost(PATIENCE).until(() -> !stopped.process.handle().isAlive());
                assertThat(Runs.status(api, run)).isEqualTo("queued");
                assertThat(Leftovers.sandboxesIn(data)).isEmpty();
            }
            try (var stalled = WorkerProcess.start(platform, data, platform.port + 7)) {
                await().atMost(PATIENCE).until(() -> Runs.status(api, run).equals("running"));
                stalled.process.signal("STOP");
                await().atMost(PATIENCE).until(() -> Runs.status(api, run).equals("queued"));
                try (var third = WorkerProcess.start(platform, data, platform.port + 8)) {
                    await().atMost(PATIENCE).until(() -> Runs.status(api, run).equals("running"));
                    stalled.process.signal("CONT");
                    var ended = Runs.finished(api, run);

                    assertThat(ended.get("status").stringValue()).isEqualTo("completed");
                    assertThat(ended.get("reward").doubleValue()).isEqualTo(1.0);
                    assertThat(ended.get("attempt").intValue()).isEqualTo(3);
                    await().atMost(PATIENCE).untilAsserted(() -> {
                        assertThat(api.get("/v2/jobs/" + job).expect(200).body().get("graded_count").intValue()).isEqualTo(1);
                        assertThat(api.get("/v2/trace/" + run + "/grade").expect(200).body().get("reward").doubleValue()).isEqualTo(1.0);
                    });
                    await().atMost(PATIENCE).untilAsserted(() -> assertThat(Leftovers.sandboxesIn(data)).isEmpty());
                }
            }
        }
    }
}
