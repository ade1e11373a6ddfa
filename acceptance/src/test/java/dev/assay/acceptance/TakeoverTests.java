// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** One run on three workers, of which two may be lost: it is graded once, and nothing is left of the attempts before. */
@Order(2)
class TakeoverTests {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static Platform platform;
    private static Path data;

    private final String key = platform.keyOf("takeover");
    private final Api api = platform.api(key);
    private final UUID run = UUID.randomUUID();
    private final UUID job = UUID.randomUUID();

    @BeforeAll
    static void start() {
        var settings = Map.of("ASSAY_STANDALONE_WORKER", "false", "ASSAY_LEASE_TTL", "12s", "ASSAY_LEASE_MAX_ATTEMPTS", "3");
        platform = Platform.start(settings);
        data = Repository.freshFolder("workers");
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    /** Had the planned stop cost the run anything, the second loss would have been its end. */
    @Test
    void aRunOutlivesAWorkerThatIsStoppedOneThatStallsAndOneThatIsKilled() {
        try (var stopped = worker(6)) {
            new Hud().source("counter").against(platform.url(), key).run("deploy", "--yes", "--no-env").exitsWith(0);
            api.post("/v2/rollouts/submit", Runs.submission(run, job, "counter", "count_words", Map.of("text", "one two three"),
                    "scripted/patient")).expect(200, 201);
            awaitStatus("running");
            stopped.process.signal("TERM");
            await().atMost(PATIENCE).until(() -> !stopped.process.handle().isAlive());
            assertThat(Runs.status(api, run)).isEqualTo("queued");
            assertThat(Leftovers.sandboxesIn(data)).isEmpty();
        }
        try (var stalled = worker(7)) {
            awaitStatus("running");
            stalled.process.signal("STOP");
            awaitStatus("queued");
            try (var killed = worker(8)) {
                awaitStatus("running");
                stalled.process.signal("CONT");
                killed.process.signal("KILL");
                await().atMost(PATIENCE).until(() -> !killed.process.handle().isAlive());
            }
            // the one that had stalled takes it over: what it still had to say of its own attempt nobody has heard
            var ended = Runs.finished(api, run);
            assertThat(ended.get("status").stringValue()).isEqualTo("completed");
            assertThat(ended.get("reward").doubleValue()).isEqualTo(1.0);
            assertThat(ended.get("attempt").intValue()).isEqualTo(4);
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(api.get("/v2/jobs/" + job).expect(200).body().get("graded_count").intValue()).isEqualTo(1);
                assertThat(api.get("/v2/trace/" + run + "/grade").expect(200).body().get("reward").doubleValue()).isEqualTo(1.0);
            });
            assertThat(stalled.process.handle().isAlive()).isTrue();
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(Leftovers.processesNaming(data)).isEmpty());
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(Leftovers.sandboxesThatNobodyKeeps(data)).isEmpty());
        }
    }

    private void awaitStatus(String status) {
        await().atMost(PATIENCE).until(() -> Runs.status(api, run).equals(status));
    }

    private static WorkerProcess worker(int port) {
        return WorkerProcess.start(platform, data, platform.port + port);
    }
}
