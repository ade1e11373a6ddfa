// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class S08EveryHarnessTests {

    private final String key = Platform.withModels().keyOf("s08");

    /** Each asks in a dialect of its own; names are found without regard to case, and behind their last slash. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            s08r | openai                                           | openai    | /v1/responses        | gpt-5.6
            s08g | gemini                                           | google    | :streamGenerateContent | gemini-3.1-pro-preview
            s08c | openai_compatible --gateway --model gpt-5.4-mini | openai    | /v1/chat/completions | gpt-5.4-mini
            s08x | grok-4-1-fast                                    | compat    | /v1/chat/completions | x-ai/grok-4-1-fast
            s08u | GROK-4-1-Fast                                    | compat    | /v1/chat/completions | x-ai/grok-4-1-fast
            s08m | Claude-Haiku-4-5                                 | anthropic | /v1/messages         | claude-haiku-4-5""")
    void everyHarnessGetsTheSameReward(String mark, String agent, String provider, String path, String model) {
        evaluate(mark, agent).exitsWith(0).says("Mean reward: 1.000");

        assertThat(StandIn.shared().asked(mark)).singleElement().satisfies(asked -> {
            assertThat(asked.get("provider").stringValue()).isEqualTo(provider);
            assertThat(asked.get("path").stringValue()).endsWith(path);
            assertThat(StandIn.model(asked)).isEqualTo(model);
        });
    }

    @Test
    void whatIsNoAgentAndNoModelIsAUsageError() {
        evaluate("s08n", "openai_compatible").exitsWith(2).says("Model name is required");
        evaluate("s08n", "no-such").exitsWith(2).says("Model 'no-such' not found");
        assertThat(StandIn.shared().asked("s08n")).isEmpty();
    }

    private Finished evaluate(String mark, String agent) {
        var command = new ArrayList<>(List.of("eval", "tasks.py", "-y"));
        command.addAll(2, List.of(agent.split(" ")));
        return Letters.user(mark, key).run(command.toArray(String[]::new));
    }
}
