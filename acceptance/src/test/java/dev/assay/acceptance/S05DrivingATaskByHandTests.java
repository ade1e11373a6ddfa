// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class S05DrivingATaskByHandTests {

    private static final Path JAVA_EXAMPLE = Repository.ROOT.resolve("examples/letter-count-java/target/letter-count-all.jar");

    @Test
    void theClientDrivesAnEnvironmentInPython() {
        var hud = new Hud().source("letters");

        driven(hud, hud.start("serve", "env.py", "-p", "0"));
    }

    @Test
    void theClientDrivesAnEnvironmentInJava() {
        var hud = new Hud();

        driven(hud, Running.start(hud.folder, Map.of("HOME", hud.home.toString()),
                List.of(Platform.java(), "-jar", JAVA_EXAMPLE.toString(), "--port", "0")));
    }

    private static void driven(Hud hud, Running server) {
        try (server) {
            var url = "tcp://127.0.0.1:" + server.waitFor("(?m)^HUD_SERVE_PORT=(\\d+)", Duration.ofMinutes(1)).group(1);
            var arguments = "{\"word\":\"banana\",\"letter\":\"a\"}";

            hud.run("task", "start", "count_letter", "--url", url, "--args", arguments).exitsWith(0).says("'a'", "banana");
            assertThat(hud.run("task", "grade", "count_letter", "--url", url, "--answer", "3").exitsWith(0).stdout().strip()).isEqualTo("1.0");

            hud.run("task", "start", "count_letter", "--url", url, "--args", arguments).exitsWith(0);
            var frame = hud.run("task", "grade", "count_letter", "--url", url, "--answer", "3", "--json").exitsWith(0).json();
            assertThat(frame.get("score").doubleValue()).isEqualTo(1.0);

            server.signal("TERM");
            server.finish(Duration.ofMinutes(1)).exitsWith(143);
        }
    }
}
