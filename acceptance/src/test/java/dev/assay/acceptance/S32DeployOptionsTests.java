// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What `hud deploy` is told reaches the environment that is deployed. */
class S32DeployOptionsTests {

    private final Platform platform = Platform.shared();

    @Test
    void variablesThatAreNotSentAgainAreKeptAndLimitsHoldForTheRunsOfTheirVersion() {
        var key = platform.keyOf("s32-options");
        var api = platform.api(key);
        var hud = new Hud().source("options").against(platform.url(), key)
                .write("limits.json", "{\"limits\": {\"run_timeout_s\": 3}}").write("vars.txt", "B='two words'\nC=3\n");

        hud.run("deploy", "--yes", "--no-env", "--env", "A=1", "--env", "B=2", "--runtime-config", "limits.json").exitsWith(0).says("SUCCEEDED");
        var late = ended(api, "endless", Map.of());
        assertThat(late.get("status").stringValue()).isEqualTo("error");
        assertThat(late.get("error").stringValue()).contains("rollout timed out after 3s");
        assertThat(late.get("stop_reason").stringValue()).isEqualTo("timeout");

        hud.run("deploy", "--yes", "--env-file", "vars.txt").exitsWith(0).says("SUCCEEDED");
        var kept = ended(api, "deployed_with", Map.of("expected", Map.of("A", "1", "B", "two words", "C", "3")));
        assertThat(kept.path("reward").doubleValue()).as(kept.toString()).isEqualTo(1.0);
    }

    @Test
    void ofTwoEnvironmentsOneIsNamedAndADryRunSendsNothing() {
        var key = platform.keyOf("s32-two");
        var hud = new Hud().source("options").against(platform.url(), key).write("judge.py", "from hud import Environment\n\njudge = Environment(\"judge\")\n");

        hud.run("deploy", "--yes", "--no-env").exitsWith(2).says("Multiple environments in ", "Pass --name to choose one.");
        var dry = hud.run("deploy", "--yes", "--no-env", "--name", "judge", "--env", "A=1", "--build-arg", "B=2", "--dry-run", "--json").exitsWith(0).json();

        assertThat(dry.get("name").stringValue()).isEqualTo("judge");
        assertThat(dry.get("dry_run").booleanValue()).isTrue();
        assertThat(dry.get("env_var_keys").toString() + dry.get("build_arg_keys")).isEqualTo("[\"A\"][\"B\"]");
        var api = platform.api(key);
        assertThat(api.get("/v2/builds").expect(200).body().get("total").intValue()).isZero();
        assertThat(api.get("/v2/registry").expect(200).body().get("total").intValue()).isZero();
    }

    private static JsonNode ended(Api api, String task, Map<String, ?> arguments) {
        var run = UUID.randomUUID();
        api.post("/v2/rollouts/submit", Runs.submission(run, UUID.randomUUID(), "options", task, arguments, "scripted/agreeable")).expect(201);
        return Runs.finished(api, run);
    }
}
