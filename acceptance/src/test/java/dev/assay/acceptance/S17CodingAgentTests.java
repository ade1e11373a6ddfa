// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S17CodingAgentTests {

    private final Platform platform = Platform.withModels();
    private final String key = platform.keyOf("s17");

    /** The small models are lazy: they write a test of their own and leave the fault, which the hidden test finds. */
    @ParameterizedTest
    @CsvSource({"claude, claude-sonnet-5, 1.000", "claude, claude-haiku-4-5, 0.000",
            "openai, gpt-5.6-sol, 1.000", "openai, gpt-5.4-mini, 0.000",
            "gemini, gemini-3.1-pro-preview, 1.000", "gemini, gemini-2.5-pro, 0.000"})
    void whoRepairsTheProgramIsRewardedAndWhoEditsHisOwnTestIsNot(String agent, String model, String reward) {
        var hud = new Hud().source("coding").against(platform.url(), key);
        // the grader's shell has the system's path, on which a machine need not have a Python of this name
        hud.write("env.py", hud.read("env.py").replace("'python -c", "'" + Client.python() + " -c"));

        hud.run("eval", "tasks.py", agent, "--model", model, "-y").exitsWith(0).says("Mean reward: " + reward);

        var asked = StandIn.shared().asked("calc.py is wrong").stream().filter(one -> StandIn.model(one).equals(model)).toList();
        assertThat(asked).isNotEmpty();
        var tools = asked.getFirst().get("body").get("tools").toString();
        assertThat(tools).contains(switch (agent) {
            case "claude" -> "{\"type\":\"bash_20250124\",\"name\":\"bash\"}";
            case "openai" -> "{\"type\":\"shell\",\"environment\":{\"type\":\"local\"}}";
            default -> "run_shell_command";
        });
    }
}
