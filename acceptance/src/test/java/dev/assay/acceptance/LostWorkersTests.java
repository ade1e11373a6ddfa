// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Workers that are stopped, that stall and that are killed: what they had is graded once, and nothing is left of the attempts before. */
@Order(2)
class LostWorkersTests {

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static Platform platform;

    private final String key = platform.keyOf("lost");
    private final Api api = platform.api(key);
    private final Path data = Repository.freshFolder("workers");

    @BeforeAll
    static void start() {
        // each kill costs what was running one of its leases
        platform = Platform.start(Map.of("ASSAY_STANDALONE_WORKER", "false", "ASSAY_LEASE_TTL", "12s",
                "ASSAY_LEASE_MAX_ATTEMPTS", String.valueOf(Kills.WANTED + 5)));
    }

    @AfterAll
    static void stop() {
        platform.close();
    }

    @Test
    void aRunOutlivesAWorkerThatIsStoppedOneThatStallsAndOneThatIsKilled() throws IOException {
        var run = UUID.randomUUID();
        var job = UUID.randomUUID();
        try (var stopped = worker(8)) {
            new Hud().source("counter").against(platform.url(), key).run("deploy", "--yes", "--no-env").exitsWith(0);
            api.post("/v2/rollouts/submit", Runs.submission(run, job, "counter", "count_words", Map.of("text", "one two three"),
                    "scripted/patient")).expect(200, 201);
            awaitStatus(run, "running");
            stopped.stop();
            assertThat(Runs.status(api, run)).isEqualTo("queued");
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(Leftovers.sandboxesIn(data)).isEmpty());
        }
        try (var stalled = worker(8)) {
            awaitStatus(run, "running");
            stalled.process.signal("STOP");
            awaitStatus(run, "queued");
            try (var killed = worker(9)) {
                awaitStatus(run, "running");
                stalled.process.signal("CONT");
                killed.kill();
            }
            // the one that had stalled takes it over: what it still had to say of its own attempt nobody has heard
            var ended = Runs.finished(api, run);
            assertThat(ended.get("status").stringValue()).isEqualTo("completed");
            assertThat(ended.get("reward").doubleValue()).isEqualTo(1.0);
            assertThat(ended.get("attempt").intValue()).isGreaterThanOrEqualTo(4);
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(api.get("/v2/jobs/" + job).expect(200).body().get("graded_count").intValue()).isEqualTo(1);
                assertThat(api.get("/v2/trace/" + run + "/grade").expect(200).body().get("reward").doubleValue()).isEqualTo(1.0);
            });
            assertThat(stalled.process.handle().isAlive()).isTrue();
            await().atMost(PATIENCE).untilAsserted(() -> assertThat(Leftovers.sandboxesThatNobodyKeeps(data)).isEmpty());
        }
    }

    @Test
    void aMinuteAfterTheLastOfManyKillsNothingIsLeftOverAndEveryRunHasEndedExactlyOnce() throws IOException {
        var kills = new Kills(platform, key);
        var left = kills.again(Kills.WANTED);
        System.out.println(kills.told(left));
        assertThat(left).isEmpty();
    }

    private void awaitStatus(UUID run, String status) {
        await().atMost(PATIENCE).until(() -> Runs.status(api, run).equals(status));
    }

    private WorkerProcess worker(int port) throws IOException {
        return WorkerProcess.start(platform, data, Files.createDirectories(data.resolve("tmp")), platform.port + port);
    }
}
