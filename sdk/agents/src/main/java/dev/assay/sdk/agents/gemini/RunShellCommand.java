// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.gemini;

import dev.assay.sdk.agents.ssh.CommandTimeoutException;
import dev.assay.sdk.agents.ssh.Deadline;
import dev.assay.sdk.agents.ssh.ShellText;
import dev.assay.sdk.agents.ssh.SshConnectionException;
import dev.assay.sdk.agents.tool.Arguments;
import dev.assay.sdk.agents.tool.Schema;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.agents.tool.WorkspaceFiles;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code run_shell_command}: any command. */
record RunShellCommand(WorkspaceFiles workspace) implements WorkspaceFunction {

    @Override
    public String name() {
        return "run_shell_command";
    }

    @Override
    public String description() {
        return "Runs a command in the workspace's shell, in a folder of it if one is named, and returns its output and exit status.";
    }

    @Override
    public ObjectNode parameters() {
        return new Schema()
                .text("command", "What to run.")
                .text("description", "What it is for, in a few words for the user.")
                .text("dir_path", "The folder to run it in.")
                .requiring("command");
    }

    @Override
    public ToolOutcome call(JsonNode arguments, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var given = new Arguments(arguments);
        var command = given.nonEmpty("command");
        var folder = given.optional("dir_path");
        return workspace.bash(folder.map(path -> "cd " + ShellText.quote(path) + " && " + command).orElse(command), deadline);
    }
}
