// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class S30AutoRespondTests {

    @Test
    void anAgentThatAsksBackIsToldToGoOnAndTheOneThatIsDoneMayStop() {
        var platform = Platform.withModels();
        var hud = new Hud().source("ops").against(platform.url(), platform.keyOf("s30")).write("tasks.py", """
                from env import explain

                tasks = [explain(prompt="Ask me before you answer (s30).", criteria=[("mentions '3'", 1.0)])]
                """);

        hud.run("eval", "tasks.py", "claude", "--full", "-y").exitsWith(0).says("Mean reward: 1.000");

        var turns = asked("Ask me before you answer (s30)", "claude-sonnet-4-6").stream();
        assertThat(turns.map(one -> one.get("body").get("messages").size())).containsExactly(1, 3);
        assertThat(asked("What is the appropriate response?", "gpt-5")).hasSizeGreaterThanOrEqualTo(2)
                .allSatisfy(one -> assertThat(one.get("path").stringValue()).isEqualTo("/v1/responses"));
    }

    /** Hosted, the one who says whether it should go on is asked with the run's own key. */
    @Test
    void aHostedAgentIsToldToGoOnToo() {
        var api = Platform.withModels().api(Deployed.KEY);
        Deployed.inside();
        var run = UUID.randomUUID();
        var body = Runs.submission(run, UUID.randomUUID(), "inside", "ask",
                Map.of("prompt", "Ask me before you answer (s30 hosted).", "files", Map.of()), "claude-sonnet-4-6");
        body.put("agent", Map.of("type", "claude", "config", Map.of("model", "claude-sonnet-4-6", "auto_respond", true)));
        api.post("/v2/rollouts/submit", body).expect(201);

        assertThat(Runs.finished(api, run).get("status").stringValue()).isEqualTo("completed");

        var turns = asked("Ask me before you answer (s30 hosted)", "claude-sonnet-4-6").stream();
        assertThat(turns.map(one -> one.get("body").get("messages").size())).containsExactly(1, 3);
        await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(api.get("/v2/trace/" + run + "/events").expect(200).text())
                .contains("CONTINUE", "The answer is 3."));
    }

    private static List<JsonNode> asked(String mark, String model) {
        return StandIn.shared().asked(mark).stream().filter(one -> StandIn.model(one).equals(model)).toList();
    }
}
