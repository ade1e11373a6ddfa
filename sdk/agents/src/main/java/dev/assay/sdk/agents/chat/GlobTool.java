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

/** {@code glob}: files by name. */
record GlobTool(WorkspaceFiles workspace) implements WorkspaceTool {

    @Override
    public String name() {
        return "glob";
    }

    @Override
    public String description() {
        return "Finds files by their names.";
    }

    @Override
    public ObjectNode parameters() {
        return new Schema()
                .text("pattern", "A name, with * and ? as in a shell.")
                .text("path", "The folder to look in, and below.")
                .requiring("pattern");
    }

    @Override
    public ToolOutcome call(JsonNode arguments, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var given = new Arguments(arguments);
        var pattern = given.text("pattern");
        var folder = given.optional("path").orElse(".");
        return workspace.bash("find " + ShellText.quote(folder) + " -name " + ShellText.quote(pattern), deadline);
    }
}
