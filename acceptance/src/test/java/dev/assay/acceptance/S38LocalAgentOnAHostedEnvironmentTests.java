// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class S38LocalAgentOnAHostedEnvironmentTests {

    private final Platform platform = Platform.shared();

    /** More than the machine has room for at once: who finds none waits. What is killed meanwhile is another's, see S68. */
    @EveryDeployment
    @Test
    void s38SixteenAgentsRunHereAndTheirEnvironmentsThere() {
        Deployed.letters();
        var hud = Deployed.user().source("letters");

        var evaluated = hud.run("eval", "tasks.py", "openai_compatible", "--model", "scripted/letters", "--gateway", "--runtime", "hud",
                "--task-ids", "0,1", "--group", "8", "--max-concurrent", "16", "-y").exitsWith(0).says("Runs: 16", "Mean reward: 1.000");

        var job = evaluated.find(platform.url() + "/jobs/([0-9a-f-]{36})");
        var runs = platform.api(Deployed.KEY).get("/v2/jobs/" + job + "/traces?limit=20").expect(200).body().get("items");
        assertThat(runs).hasSize(16).allSatisfy(run -> {
            assertThat(run.get("status").stringValue()).isEqualTo("completed");
            assertThat(run.get("reward").doubleValue()).isEqualTo(1.0);
        });
    }

    /** Each of what it opens is a tunnel of its own; the shell counts words in a file that only the sandbox has. */
    @Test
    void anAgentHereOpensTheShellAndTheToolsThatAreThere() {
        Deployed.terminal();

        var evaluated = Deployed.user().source("terminal").python("handy.py").exitsWith(0)
                .says("HUDRuntime cannot honor task runtime_config ['resources'] on an already-deployed env");

        var report = Api.JSON.readTree(evaluated.find("(?m)^REPORT (.*)$"));
        assertThat(report.at("/plain/reward").doubleValue()).isEqualTo(1.0);
        assertThat(report.get("said").stringValue()).isEqualTo("FOUR");
        assertThat(report.at("/modest/reward").doubleValue()).as("a row that asks for memory is warned of, and runs").isEqualTo(1.0);
        assertThat(report.at("/gpu/graded").booleanValue()).as("one that asks for a graphics processor does not").isFalse();
        assertThat(report.at("/gpu/error").stringValue()).contains("HUDRuntime cannot honor this task's declared placement requirements");
    }

    @Test
    void anEnvironmentThatIsNotThereIsRefusedByName() {
        var refused = platform.api(Deployed.KEY).post("/runtime/sessions", Map.of("environment", "nowhere-at-all"));

        assertThat(refused.expect(404).detail()).contains("'nowhere-at-all'");
    }

    @EveryDeployment
    @Test
    void anotherTeamHasNoSuchSession() {
        Deployed.letters();
        var owner = platform.api(Deployed.KEY);
        var stranger = platform.api(platform.keyOf("s38-strangers"));
        var session = owner.post("/runtime/sessions", Map.of("environment", "letter-count", "trace_id", UUID.randomUUID()))
                .expect(201).body().get("id").stringValue();

        stranger.get("/runtime/sessions/" + session).expect(404);
        stranger.delete("/runtime/sessions/" + session).expect(404);
        stranger.get("/runtime/tunnels/" + session).expect(404);

        owner.delete("/runtime/sessions/" + session).expect(204);
        owner.get("/runtime/tunnels/" + session).expect(404);
    }
}
