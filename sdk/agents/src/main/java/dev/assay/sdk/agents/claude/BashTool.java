// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import dev.assay.sdk.agents.ssh.CommandTimeoutException;
import dev.assay.sdk.agents.ssh.Deadline;
import dev.assay.sdk.agents.ssh.SshConnectionException;
import dev.assay.sdk.agents.tool.ShellTool;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.agents.tool.WorkspaceFiles;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.PythonText;
import tools.jackson.databind.JsonNode;

/** {@code bash}: any command. */
record BashTool(WorkspaceFiles workspace) implements ShellTool {

    @Override
    public String name() {
        return ClaudeTools.BASH;
    }

    @Override
    public ToolOutcome call(JsonNode arguments, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        if (Json.isTrue(arguments.path("restart"))) {
            return ToolOutcome.text("there is nothing to restart: every command has a shell of its own");
        }
        var command = arguments.path("command");
        if (!Json.isTrue(command)) {
            return ToolOutcome.failure("say in command what to run");
        }
        return workspace.bash(PythonText.str(command), deadline);
    }
}
