// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S68InterruptionTests {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Platform platform = Platform.shared();

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void aLocalRunIsReportedAsCancelled(String signal, int exit) {
        var api = platform.api(platform.keyOf("s68-local-" + signal));
        var hud = new Hud().source("letters").against(platform.url(), api.key());
        try (var evaluation = hud.start("eval", "tasks.py", "openai_compatible", "--model", "scripted/slow", "-y")) {
            var run = runThatIs(api, "running", "\"kind\":\"prompt\"");

            evaluation.signal(signal);

            evaluation.finish(Duration.ofMinutes(1)).exitsWith(exit);
            var last = Runs.finished(api, run);
            assertThat(last.get("status").stringValue()).isEqualTo("cancelled");
            assertThat(last.get("reward").isNull()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void aHostedRunIsCancelledOnThePlatform(String signal, int exit) {
        Deployed.letters();
        // A team sees its own runs only, and this one must be found: a task name of its own tells it apart.
        var slug = "interrupted-by-" + signal;
        var hud = Deployed.user().write("rows.json", Api.JSON.writeValueAsString(new Object[] {
            Map.of("env", "letter-count", "id", "count_letter", "slug", slug, "args", Map.of("word", "banana", "letter", "a"))}));
        hud.run("sync", "tasks", "s68-" + signal, "rows.json", "--yes").exitsWith(0);
        var api = platform.api(Deployed.KEY);
        try (var evaluation = hud.start("eval", "s68-" + signal, "openai_compatible", "--model", "scripted/slow", "-y")) {
            var run = hostedRun(api, "s68-" + signal);
            await().atMost(PATIENCE).until(() -> Runs.status(api, run).equals("running"));

            evaluation.signal(signal);

            evaluation.finish(Duration.ofMinutes(1)).exitsWith(exit);
            assertThat(Runs.finished(api, run).get("status").stringValue()).isEqualTo("cancelled");
        }
    }

    private static UUID hostedRun(Api api, String taskset) {
        return await().atMost(PATIENCE).until(() -> {
            for (var job : api.get("/v2/jobs?limit=100").expect(200).body().get("items")) {
                if (job.path("taskset_name").asString("").equals(taskset)) {
                    var runs = api.get("/v2/jobs/" + job.get("id").stringValue() + "/traces?limit=5").expect(200).body().get("items");
                    return runs.isEmpty() ? null : UUID.fromString(runs.get(0).get("id").stringValue());
                }
            }
            return null;
        }, run -> run != null);
    }

    /** The only run of the key's team, once its timeline holds the prompt: then the agent waits for the model. */
    private static UUID runThatIs(Api api, String status, String holding) {
        return await().atMost(PATIENCE).until(() -> {
            for (var job : api.get("/v2/jobs?limit=5").expect(200).body().get("items")) {
                for (var run : api.get("/v2/jobs/" + job.get("id").stringValue() + "/traces?limit=5").expect(200).body().get("items")) {
                    var id = UUID.fromString(run.get("id").stringValue());
                    if (run.get("status").stringValue().equals(status)
                            && api.get("/v2/trace/" + id + "/timeline?limit=50").text().contains(holding)) {
                        return id;
                    }
                }
            }
            return null;
        }, run -> run != null);
    }
}
