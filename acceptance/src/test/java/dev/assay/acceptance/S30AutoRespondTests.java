// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
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
        assertThat(asked("What is the appropriate response?", "gpt-5")).hasSize(2)
                .allSatisfy(one -> assertThat(one.get("path").stringValue()).isEqualTo("/v1/responses"));
    }

    private static List<JsonNode> asked(String mark, String model) {
        return StandIn.shared().asked(mark).stream().filter(one -> StandIn.model(one).equals(model)).toList();
    }
}
