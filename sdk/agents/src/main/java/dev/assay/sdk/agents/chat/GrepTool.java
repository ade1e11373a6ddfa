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

/** {@code grep}: lines by content. Nothing found is status 1, as the command has it. */
record GrepTool(WorkspaceFiles workspace) implements WorkspaceTool {

    @Override
    public String name() {
        return "grep";
    }

    @Override
    public String description() {
        return "Shows the lines of files that a regular expression matches.";
    }

    @Override
    public ObjectNode parameters() {
        return new Schema()
                .text("pattern", "The regular expression.")
                .text("path", "The folder to look in, and below.")
                .text("include", "Only files of such names, with * and ? as in a shell.")
                .requiring("pattern");
    }

    @Override
    public ToolOutcome call(JsonNode arguments, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var given = new Arguments(arguments);
        var pattern = given.text("pattern");
        var folder = given.optional("path").orElse(".");
        var include = given.optional("include").map(glob -> " --include=" + ShellText.quote(glob)).orElse("");
        return workspace.bash("grep -rn " + ShellText.quote(pattern) + " " + ShellText.quote(folder) + include, deadline);
    }
}
