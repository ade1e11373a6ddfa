// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Environments that do what environments should not, all at once and each in a run of its own, with one beside them that is well. Each has an
 * end and a reason, and costs no other run anything.
 */
class HostileEnvironmentsTests {

    private static final UUID JOB = UUID.randomUUID();
    private static final Map<String, UUID> RUNS = new HashMap<>();

    private static Api api;

    @BeforeAll
    static void submit() {
        var platform = Platform.shared();
        var key = platform.keyOf("hostile");
        api = platform.api(key);
        new Hud().source("hostile").against(platform.url(), key).run("deploy", "--yes", "--no-env").exitsWith(0);
        for (var task : List.of("floods", "forks", "eats", "dies", "nan", "true", "billion", "text", "well")) {
            submit(task, task, Map.of("resources", Map.of("memory_mb", 512)));
        }
        submit("fills", "fills", Map.of("resources", Map.of("storage_mb", 64)));
        submit("no model", "well", Map.of(), "scripted/nobody");
    }

    private static void submit(String name, String task, Map<String, ?> runtimeConfig) {
        submit(name, task, runtimeConfig, "scripted/agreeable");
    }

    private static void submit(String name, String task, Map<String, ?> runtimeConfig, String model) {
        var body = Runs.submission(UUID.randomUUID(), JOB, "hostile", task, Map.of(), model);
        body.put("runtime_config", runtimeConfig);
        api.post("/v2/rollouts/submit", body).expect(201);
        RUNS.put(name, UUID.fromString(body.get("trace_id").toString()));
    }

    @Test
    void whatAGraderDoesIsToldAsTheGradersAndIsNoReward() {
        Map.of(
                        "dies", "[grading] EOFError: env closed connection during 'tasks.grade'",
                        "eats", "[grading] EOFError: env closed connection during 'tasks.grade'",
                        "forks", "[grading] hud rpc error -32000: [Errno 11] Resource temporarily unavailable",
                        "nan", "[grading] hud rpc error -32000: task 'nan' graded with a non-finite score (nan)",
                        "text", "[grading] hud rpc error -32000: task graded with str")
                .forEach((name, error) -> hasFailed(name, "grader", error));
        hasFailed("fills", "grader", "[grading] EOFError: env closed connection during 'tasks.grade' (the environment ended, its last line: it held ");
    }

    @Test
    void aModelThatIsNowhereIsNamed() {
        hasFailed("no model", "model", "[agent loop] Error code: 404 - Model 'scripted/nobody' not found");
    }

    /** A number is a grade whatever it is, as the published client has it. */
    @Test
    void whoeverIsWellBesideThemIsGradedAndEachHasEndedOnce() {
        Map.of("well", 1.0, "floods", 1.0, "true", 1.0, "billion", 1e9).forEach((name, reward) -> {
            var run = Runs.finished(api, RUNS.get(name));
            assertThat(run.get("status").stringValue()).as("%s", run).isEqualTo("completed");
            assertThat(run.get("reward").doubleValue()).as(name).isEqualTo(reward);
        });
        RUNS.forEach((name, run) -> {
            Runs.finished(api, run);
            var ends = api.get("/v2/trace/" + run + "/transitions").expect(200).body().get("items").valueStream()
                    .filter(step -> List.of("completed", "error").contains(step.get("status").stringValue()));
            assertThat(ends).as("ends of %s", name).hasSize(1);
        });
        await().untilAsserted(() -> {
            var job = api.get("/v2/jobs/" + JOB).expect(200).body();
            assertThat(job.get("graded_count").intValue()).as("%s", job).isEqualTo(4);
            assertThat(job.get("ungraded_count").intValue()).as("%s", job).isEqualTo(RUNS.size() - 4);
        });
    }

    private static void hasFailed(String name, String kind, String error) {
        var run = Runs.finished(api, RUNS.get(name));
        assertThat(run.get("status").stringValue()).as("%s", run).isEqualTo("error");
        assertThat(run.get("reward").isNull()).as(name).isTrue();
        assertThat(run.get("failure").get("kind").stringValue()).as("%s", run).isEqualTo(kind);
        assertThat(run.get("error").stringValue()).startsWith(error);
    }
}
