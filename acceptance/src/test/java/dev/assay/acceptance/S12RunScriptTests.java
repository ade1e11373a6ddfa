// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class S12RunScriptTests {

    private final String key = Platform.withModels().keyOf("s12");

    @Test
    void aModelOfTheCatalogIsRunByAScript() {
        var hud = Letters.user("s12a", key).source("clients");

        var report = hud.python("run.py", "claude-sonnet-4-6").exitsWith(0).json().get("claude-sonnet-4-6");

        assertThat(report.get("reward").doubleValue()).isEqualTo(1.0);
        assertThat(report.get("slugs")).hasSize(3);
    }

    /** They need no catalog: nobody answers for it here. */
    @Test
    void theNamesOfAgentsSendTheirDefaultModels() {
        var hud = Letters.user("s12b", key).source("clients").set("HUD_API_URL", "http://127.0.0.1:9").set("HUD_TELEMETRY_ENABLED", "0")
                .write("tasks.py", "from env import count_letter\n\ntasks = [count_letter(word='s12bbanana', letter='a')]\n");

        var report = hud.python("run.py", "claude", "openai", "gemini", "openai_compatible").exitsWith(0).json();

        assertThat(report).hasSize(4).allSatisfy(of -> assertThat(of.get("reward").doubleValue()).isEqualTo(1.0));
        assertThat(StandIn.shared().asked("s12bbanana").stream().map(StandIn::model)).containsExactly(
                "claude-sonnet-4-6", "gpt-5.6", "gemini-3.1-pro-preview", "gpt-5.4-mini");
    }
}
