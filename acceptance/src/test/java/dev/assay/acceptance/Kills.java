// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A worker that is killed in the midst of its work, again and again, each time with runs and sessions of which some go on and some are
 * just beginning; with containers among them where an engine has the images. {@code benchmarks/kills} does it fifty times.
 */
final class Kills {

    static final int WANTED = Integer.getInteger("kills", 2);

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int RUNS_A_KILL = 4;
    static final boolean CONTAINERS = Engine.hasImages();

    private final Platform platform;
    private final Api api;
    private final String key;
    private final UUID job = UUID.randomUUID();
    private final List<UUID> runs = new ArrayList<>();
    private final List<String> sessions = new ArrayList<>();
    private final Path data = Repository.freshFolder("killed");
    private final Path temporary;
    private final Remains remains;

    Kills(Platform platform, String key) throws IOException {
        this.platform = platform;
        this.key = key;
        api = platform.api(key);
        temporary = Files.createTempDirectory("kills-"); // names of sockets are short
        remains = new Remains(data, temporary);
    }

    /** @return what was left at the end, by kind; nothing, if all is well */
    Map<String, List<String>> again(int times) throws IOException {
        for (int kill = 0; kill < times; kill++) {
            try (var worker = worker()) {
                if (kill == 0) {
                    deploy();
                }
                load();
                await().atMost(PATIENCE).until(this::twoAreRunning);
                remains.remember();
                worker.kill();
            }
        }
        assertThat(remains.remembered()).isNotEmpty();
        try (var last = worker()) {
            runs.forEach(this::hasEndedOnce);
            await().atMost(PATIENCE).untilAsserted(() ->
                    assertThat(api.get("/v2/jobs/" + job).expect(200).body().get("graded_count").intValue()).isEqualTo(runs.size()));
            sessions.forEach(session -> assertThat(api.delete("/runtime/sessions/" + session).status()).isIn(204, 404));
            await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(() -> assertThat(remains.ofTheDead()).isEmpty());
            last.stop();
        }
        try {
            await().atMost(Duration.ofMinutes(1)).pollInterval(Duration.ofSeconds(1)).until(() -> remains.ofAnybody().isEmpty());
            Files.delete(temporary);
            return Map.of();
        } catch (ConditionTimeoutException stillThere) {
            return remains.ofAnybody();
        }
    }

    /** A line for each kind, for people. */
    String told(Map<String, List<String>> left) {
        var lines = new StringBuilder("%d kills, %d runs that ended once each, %d sessions, %d sandboxes that lost their worker; containers: %s%n"
                .formatted(WANTED, runs.size(), sessions.size(), remains.remembered().size(), CONTAINERS));
        Remains.KINDS.forEach(kind -> lines.append("| %s | %d |%n".formatted(kind, left.getOrDefault(kind, List.of()).size())));
        return lines.toString();
    }

    private WorkerProcess worker() {
        return WorkerProcess.start(platform, data, temporary, platform.port + 8);
    }

    private void deploy() {
        for (var source : CONTAINERS ? List.of("counter", "letters") : List.of("counter")) {
            new Hud().source(source).against(platform.url(), key).run("deploy", "--yes", "--no-env").exitsWith(0);
        }
    }

    private void load() {
        if (CONTAINERS) {
            submit("letter-count", "count_letter", Map.of("word", "banana", "letter", "a"), Map.of("image", Engine.letters()));
        }
        for (int submitted = 0; submitted < RUNS_A_KILL; submitted++) {
            submit("counter", "count_words", Map.of("text", "one two three"), Map.of());
        }
        sessions.add(api.post("/runtime/sessions", Map.of("environment", "counter", "trace_id", UUID.randomUUID()))
                .expect(201).body().get("id").stringValue());
    }

    /** Whoever is slow, and comes to look when all is over, needs another load. */
    private boolean twoAreRunning() {
        var states = runs.stream().skip(Math.max(0, runs.size() - RUNS_A_KILL)).map(run -> Runs.status(api, run)).toList();
        if (states.stream().allMatch("completed"::equals)) {
            load();
        }
        return states.stream().filter("running"::equals).count() > 1;
    }

    private void submit(String environment, String task, Map<String, String> arguments, Map<String, String> runtimeConfig) {
        var run = UUID.randomUUID();
        var body = Runs.submission(run, job, environment, task, arguments, "scripted/patient");
        body.put("runtime_config", runtimeConfig);
        api.post("/v2/rollouts/submit", body).expect(200, 201);
        runs.add(run);
    }

    private void hasEndedOnce(UUID run) {
        var ended = Runs.finished(api, run);
        assertThat(ended.get("status").stringValue()).as("%s", ended).isEqualTo("completed");
        assertThat(ended.get("reward").doubleValue()).as("%s", ended).isEqualTo(1.0);
        var ends = api.get("/v2/trace/" + run + "/transitions").expect(200).body().get("items").valueStream()
                .filter(step -> step.get("status").stringValue().equals("completed"));
        assertThat(ends).as("ends of %s", run).hasSize(1);
    }
}
