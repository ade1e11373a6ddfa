// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("its deadline of five seconds has room for the start of an environment")
class S65CancelInMidCallTests {

    @ParameterizedTest
    @ValueSource(strings = {"slowgrade", "slowstart"})
    void theClientsSubprocessStopsAtOnce(String template) {
        var hud = new Hud().source("faults").set("HUD_TELEMETRY_ENABLED", "0");

        cut(hud, template);
    }

    @ParameterizedTest
    @ValueSource(strings = {"slowgrade", "slowstart"})
    void anEnvironmentInJavaStopsAtOnce(String template) {
        var hud = new Hud().source("faults").set("HUD_TELEMETRY_ENABLED", "0");
        try (var server = FaultsInJava.start(hud)) {
            cut(hud, template, server.waitFor("(?m)^HUD_SERVE_PORT=(\\d+)", Duration.ofMinutes(1)).group(1));
        }
    }

    private static void cut(Hud hud, String template, String... port) {
        var mark = hud.folder.resolve("mark.txt");
        var report = port.length == 0
                ? hud.python("cancel.py", template, mark.toString())
                : hud.python("cancel.py", template, mark.toString(), "tcp://127.0.0.1:" + port[0]);

        var outcome = report.exitsWith(0).json();
        assertThat(outcome.get("status").stringValue()).isEqualTo("error");
        assertThat(outcome.get("stop_reason").stringValue()).isEqualTo("timeout");
        assertThat(outcome.get("graded").booleanValue()).isFalse();
        assertThat(outcome.get("seconds").doubleValue()).as("it would have taken ten minutes").isLessThan(120.0);
        assertThat(mark).as("what the template leaves behind when it is stopped").exists();
    }
}
