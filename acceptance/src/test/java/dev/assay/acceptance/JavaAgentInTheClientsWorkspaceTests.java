// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.sdk.agents.ssh.CommandResult;
import dev.assay.sdk.agents.ssh.CommandTimeoutException;
import dev.assay.sdk.agents.ssh.Deadline;
import dev.assay.sdk.agents.ssh.SshWorkspace;
import dev.assay.sdk.protocol.ControlClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The agent's ssh client against the published client's own server, by way of its control channel. */
class JavaAgentInTheClientsWorkspaceTests {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Test
    @Timeout(300)
    void commandsRunAndEndAsTheyDoAgainstOurOwnServer() throws Exception {
        try (var served = new Hud().source("counter").start("serve", "env.py", "-p", "0")) {
            int port = Integer.parseInt(served.waitFor("HUD_SERVE_PORT=(\\d+)", PATIENCE).group(1));
            try (var client = ControlClient.connect("127.0.0.1", port, PATIENCE);
                    var workspace = SshWorkspace.connect(client.capability("ssh"), capability -> client.openTunnel(capability.name()))) {
                var told = run(workspace, "cat; echo err >&2; exit 3", "grüße\n");
                assertThat(told.outputText()).isEqualTo("grüße\n");
                assertThat(told.errorText()).isEqualTo("err\n");
                assertThat(told.status()).isEqualTo(3);

                var large = run(workspace, "head -c 12000000 /dev/zero | tr '\\0' x; echo last", "");
                assertThat(large.complete()).isFalse();
                assertThat(large.outputText()).endsWith("xlast\n").contains("[truncated]");

                assertThat(run(workspace, "printf '\\355\\240\\200'", "").outputText()).isEqualTo("\ufffd\ufffd\ufffd");

                assertThatThrownBy(() -> workspace.run("sleep 555.5", new byte[0], Deadline.in(Duration.ofSeconds(1))))
                        .isInstanceOf(CommandTimeoutException.class);
                // the client's server ends it once it has heard that nobody waits
                await().untilAsserted(() ->
                        assertThat(run(workspace, "pgrep -f '[s]leep 555.5' || echo gone", "").outputText()).isEqualTo("gone\n"));
            }
        }
    }

    private static CommandResult run(SshWorkspace workspace, String command, String stdin) throws Exception {
        return workspace.run(command, stdin.getBytes(StandardCharsets.UTF_8), Deadline.none());
    }
}
