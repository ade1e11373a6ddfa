// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.chat;

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

/** {@code bash}: any command. */
record BashTool(WorkspaceFiles workspace) implements WorkspaceTool {

    @Override
    public String name() {
        return "bash";
    }

    @Override
    public String description() {
        return "Runs a command in the workspace's shell. For files there are better tools: read, grep, glob, edit and write.";
    }

    @Override
    public ObjectNode parameters() {
        return new Schema()
                .text("command", "What to run.")
                .integer("timeout", 1, "After how many milliseconds to end it.")
                .text("workdir", "The folder to run it in.")
                .requiring("command");
    }

    @Override
    public ToolOutcome call(JsonNode arguments, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var given = new Arguments(arguments);
        var command = given.nonEmpty("command");
        var timeout = given.positive("timeout");
        if (timeout.isPresent()) {
            command = "timeout " + Math.ceilDiv(timeout.get(), 1000) + "s bash -lc " + ShellText.quote(command);
        }
        var folder = given.optional("workdir");
        if (folder.isPresent()) {
            command = "cd " + ShellText.quote(folder.get()) + " && " + command;
        }
        return workspace.bash(command, deadline);
    }
}
