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

/** {@code grep_search}: lines by content. Nothing found is status 1, as the command has it. */
record GrepSearch(WorkspaceFiles workspace) implements WorkspaceFunction {

    @Override
    public String name() {
        return "grep_search";
    }

    @Override
    public String description() {
        return "Lists the lines of files that match a regular expression.";
    }

    @Override
    public ObjectNode parameters() {
        return new Schema()
                .text("pattern", "The regular expression.")
                .text("dir_path", "The folder to search.")
                .text("include_pattern", "Only files whose name matches this pattern, such as *.py.")
                .requiring("pattern");
    }

    @Override
    public ToolOutcome call(JsonNode arguments, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var given = new Arguments(arguments);
        var pattern = given.nonEmpty("pattern");
        var folder = given.optional("dir_path").orElse(".");
        var include = given.optional("include_pattern").map(glob -> " --include=" + ShellText.quote(glob)).orElse("");
        return workspace.bash("grep -rn " + ShellText.quote(pattern) + " " + ShellText.quote(folder) + include, deadline);
    }
}
