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

/** {@code glob}: files by name. */
record Glob(WorkspaceFiles workspace) implements WorkspaceFunction {

    @Override
    public String name() {
        return "glob";
    }

    @Override
    public String description() {
        return "Lists the files whose name matches a pattern.";
    }

    @Override
    public ObjectNode parameters() {
        return new Schema()
                .text("pattern", "The name to look for, such as *.py.")
                .text("dir_path", "The folder to look in, with all below it.")
                .requiring("pattern");
    }

    @Override
    public ToolOutcome call(JsonNode arguments, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var given = new Arguments(arguments);
        var pattern = given.nonEmpty("pattern");
        var folder = given.optional("dir_path").orElse(".");
        return workspace.bash("find " + ShellText.quote(folder) + " -name " + ShellText.quote(pattern), deadline);
    }
}
