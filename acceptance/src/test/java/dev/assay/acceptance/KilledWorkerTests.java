// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** A worker that is killed in the midst of its work, again and again: {@code -Dkills=50} does it fifty times. */
@Order(1)
class KilledWorkerTests {

    private static final int KILLS = Integer.getInteger("kills", 2);
    private static final int RUNS_A_KILL = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final UUID job = UUID.randomUUID();
    private final List<UUID> runs = new ArrayList<>();
    /** Every sandbox that was there when its worker was killed, by the name of its folder. */
    private final Set<String> orphans = new HashSet<>();

    @Test
    void aMinuteAfterTheLastOfManyKillsNothingIsLeftOverAndEveryRunHasEndedExactlyOnce() throws IOException {
        var data = Repository.freshFolder("killed");
        // each kill costs what was running one of its leases
        var settings = Map.of("ASSAY_STANDALONE_WORKER", "false", "ASSAY_LEASE_TTL", "4s", "ASSAY_LEASE_MAX_ATTEMPTS", String.valueOf(KILLS + 2));
        try (var platform = Platform.start(settings)) {
            var key = platform.keyOf("killed");
            var api = platform.api(key);
            for (int kill = 0; kill < KILLS; kill++) {
                try (var worker = WorkerProcess.start(platform, data, platform.port + 7)) {
                    if (kill == 0) {
                        new Hud().source("counter").against(platform.url(), key).run("deploy", "--yes", "--no-env").exitsWith(0);
                    }
                    for (int submitted = 0; submitted < RUNS_A_KILL; submitted++) {
                        runs.add(submit(api));
                    }
                    await().atMost(PATIENCE).until(() -> runs.stream().filter(run -> Runs.status(api, run).equals("running")).count() > 1);
                    Leftovers.sandboxesIn(data).forEach(sandbox -> orphans.add(sandbox.getFileName().toString()));
                    worker.process.signal("KILL");
                    await().atMost(PATIENCE).until(() -> !worker.process.handle().isAlive());
                }
            }
            assertThat(orphans).isNotEmpty();
            try (var last = WorkerProcess.start(platform, data, platform.port + 7)) {
                for (var run : runs) {
                    var ended = Runs.finished(api, run);
                    assertThat(ended.get("status").stringValue()).as("%s", ended).isEqualTo("completed");
                    assertThat(ended.get("reward").doubleValue()).as("%s", ended).isEqualTo(1.0);
                    var ends = api.get("/v2/trace/" + run + "/transitions").expect(200).body().get("items").valueStream()
                            .filter(step -> step.get("status").stringValue().equals("completed"));
                    assertThat(ends).as("ends of %s", run).hasSize(1);
                }
                await().atMost(PATIENCE).untilAsserted(() ->
                        assertThat(api.get("/v2/jobs/" + job).expect(200).body().get("graded_count").intValue()).isEqualTo(runs.size()));
                await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
                    assertThat(Leftovers.processesNaming(data)).isEmpty();
                    assertThat(Leftovers.sandboxesThatNobodyKeeps(data)).isEmpty();
                    assertThat(orphanedGroups()).isEmpty();
                    assertThat(Files.readAllLines(Path.of("/proc/self/mounts"))).noneMatch(mount -> mount.contains(data.toString()));
                });
            }
        }
    }

    private UUID submit(Api api) {
        var run = UUID.randomUUID();
        api.post("/v2/rollouts/submit",
                Runs.submission(run, job, "counter", "count_words", Map.of("text", "one two three"), "scripted/patient")).expect(200, 201);
        return run;
    }

    private List<Path> orphanedGroups() throws IOException {
        var groups = Path.of("/sys/fs/cgroup");
        if (!Files.isDirectory(groups)) {
            return List.of();
        }
        try (var folders = Files.find(groups, 6, (path, attributes) -> attributes.isDirectory()
                && orphans.stream().anyMatch(orphan -> path.getFileName().toString().equals("assay-" + orphan)))) {
            return folders.toList();
        }
    }
}
