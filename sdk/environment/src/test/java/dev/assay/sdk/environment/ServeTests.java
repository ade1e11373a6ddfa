// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.protocol.ControlClient;
import dev.assay.sdk.protocol.Json;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An environment as a process of its own. */
class ServeTests {

    @TempDir
    private Path folder;

    /** What the process runs. */
    public static final class Main {
        public static void main(String[] args) throws Exception {
            var folder = Path.of(System.getProperty("folder"));
            Environment.named("served")
                    .template("wait", (_, agent) -> {
                        try {
                            return agent.ask("?").text();
                        } finally {
                            Files.createFile(folder.resolve("cleaned-up"));
                        }
                    })
                    .onShutdown(() -> Files.createFile(folder.resolve("shut-down")))
                    .serve(args);
        }
    }

    private Process launch(String... args) throws Exception {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dfolder=" + folder, "-cp", System.getProperty("java.class.path"), Main.class.getName()));
        command.addAll(List.of(args));
        return new ProcessBuilder(command).redirectError(folder.resolve("stderr").toFile()).start();
    }

    @Test
    void announcesItsPortAndShutsDownOnSigterm() throws Exception {
        var process = launch("--host", "127.0.0.1", "--port=0");
        try (var lines = new BufferedReader(process.inputReader())) {
            var line = lines.readLine();
            assertThat(line).startsWith("HUD_SERVE_PORT=");
            int port = Integer.parseInt(line.substring("HUD_SERVE_PORT=".length()));
            try (var client = ControlClient.connect("127.0.0.1", port, Duration.ofSeconds(10))) {
                assertThat(client.start("wait", Json.object())).hasToString("{\"prompt\":\"?\"}");
                process.destroy();
                assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(process.exitValue()).isEqualTo(143);
            assertThat(folder.resolve("cleaned-up")).exists();
            assertThat(folder.resolve("shut-down")).exists();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void refusesOptionsThatItDoesNotKnow() {
        assertThatThrownBy(() -> Environment.named("e").serve("--prot", "1")).hasMessageContaining("unknown option --prot");
        assertThatThrownBy(() -> Environment.named("e").serve("--port")).hasMessageContaining("--port needs a value");
    }
}
