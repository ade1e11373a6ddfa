// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Isolated("it counts sandboxes")
class S68InterruptedTunnelTests {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Platform platform = Platform.shared();
    private final Path worker = platform.data.resolve("worker");
    private final Set<Path> before = new HashSet<>(Leftovers.sandboxesThatNobodyKeeps(worker));

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void theRunIsCancelledAndItsSandboxGone(String signal, int exit) {
        var api = platform.api(platform.keyOf("s68-tunnel-" + signal));
        try (var evaluation = evaluate(api)) {
            var run = runWithAPrompt(api);
            await().untilAsserted(() -> assertThat(sandboxes()).hasSize(1)); // another may be in the making

            evaluation.signal(signal);

            evaluation.finish(Duration.ofMinutes(1)).exitsWith(exit);
            assertThat(Runs.finished(api, run).get("status").stringValue()).isEqualTo("cancelled");
            await().atMost(Duration.ofMinutes(1)).until(() -> sandboxes().isEmpty());
        }
    }

    @Test
    void aClientThatIsKilledLeavesNoSandboxBehind() {
        var api = platform.api(platform.keyOf("s68-tunnel-kill"));
        try (var evaluation = evaluate(api)) {
            runWithAPrompt(api);
            await().untilAsserted(() -> assertThat(sandboxes()).hasSize(1)); // another may be in the making

            evaluation.signal("KILL");

            await().atMost(Duration.ofMinutes(1)).until(() -> sandboxes().isEmpty());
        }
    }

    private Running evaluate(Api api) {
        var hud = new Hud().source("letters").against(platform.url(), api.key());
        hud.run("deploy", "--yes", "--no-env").exitsWith(0);
        return hud.start("eval", "tasks.py", "openai_compatible", "--model", "scripted/slow", "--gateway", "--runtime", "hud", "-y");
    }

    private List<Path> sandboxes() {
        return Leftovers.sandboxesThatNobodyKeeps(worker).stream().filter(found -> !before.contains(found)).toList();
    }

    /** The only run of the key's team, once its timeline holds the prompt: then the agent waits for the model. */
    private static UUID runWithAPrompt(Api api) {
        return await().atMost(PATIENCE).until(() -> {
            for (var job : api.get("/v2/jobs?limit=5").expect(200).body().get("items")) {
                for (var run : api.get("/v2/jobs/" + job.get("id").stringValue() + "/traces?limit=5").expect(200).body().get("items")) {
                    var id = UUID.fromString(run.get("id").stringValue());
                    if (run.get("status").stringValue().equals("running")
                            && api.get("/v2/trace/" + id + "/timeline?limit=50").text().contains("\"user\"")) {
                        return id;
                    }
                }
            }
            return null;
        }, run -> run != null);
    }
}
