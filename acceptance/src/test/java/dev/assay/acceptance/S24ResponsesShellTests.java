// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class S24ResponsesShellTests {

    private static final String TOLD = """
            play: {"turns": [{"calls": [{"shell": "echo made by %s > made.txt && cat made.txt"}]}, {"text": "It is made."}]}""";

    private final Platform platform = Platform.withModels();
    private final String key = platform.keyOf("s24");
    private final String strangers = platform.keyOf("s24-strangers");

    /** The provider keeps the conversation: only what is new goes there. */
    @Test
    void theConversationIsContinuedWhereItIsKept() {
        loop("s24a", "gpt-5.6");

        var second = StandIn.shared().asked("made by s24a").get(1).get("body");
        assertThat(second.get("input")).singleElement()
                .satisfies(item -> assertThat(item.get("type").stringValue()).isEqualTo("shell_call_output"));
        assertThat(second.get("previous_response_id").stringValue()).startsWith("resp_");
    }

    /** The provider keeps nothing and has no shell: the gateway tells it the whole conversation, with a function in the shell's place. */
    @Test
    void theConversationIsRebuiltWhereNobodyKeepsIt() {
        loop("s24b", "x-ai/grok-4-1-fast");

        var second = StandIn.shared().asked("made by s24b").get(1).get("body");
        assertThat(second.get("messages").valueStream().map(message -> message.get("role").stringValue()))
                .containsExactly("user", "assistant", "tool");
        assertThat(second.get("tools").get(0).get("function").get("name").stringValue()).isEqualTo("shell");
    }

    private void loop(String mark, String model) {
        var hud = new Hud().source("clients").against(platform.url(), key);

        JsonNode report = hud.python("shell.py", model, TOLD.formatted(mark), strangers).exitsWith(0).json();

        assertThat(hud.read("made.txt")).isEqualTo("made by " + mark + "\n");
        assertThat(report.get("said").stringValue()).isEqualTo("It is made.");
        assertThat(report.get("again").stringValue()).isEqualTo("It is made.");
        assertThat(report.get("turns").intValue()).isEqualTo(2);
        assertThat(report.get("refused").stringValue()).isEqualTo("previous_response_not_found");
    }
}
