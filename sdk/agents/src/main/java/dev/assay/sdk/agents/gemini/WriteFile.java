// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.gemini;

import dev.assay.sdk.agents.ssh.CommandTimeoutException;
import dev.assay.sdk.agents.ssh.Deadline;
import dev.assay.sdk.agents.ssh.SshConnectionException;
import dev.assay.sdk.agents.tool.Arguments;
import dev.assay.sdk.agents.tool.Schema;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.agents.tool.WorkspaceFiles;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code write_file}: a whole file; its folder must exist. */
record WriteFile(WorkspaceFiles workspace) implements WorkspaceFunction {

    @Override
    public String name() {
        return "write_file";
    }

    @Override
    public String description() {
        return "Writes a file, new or in place of what it held.";
    }

    @Override
    public ObjectNode parameters() {
        return new Schema()
                .text("file_path", "The file to write.")
                .text("content", "What it is to hold.")
                .requiring("file_path", "content");
    }

    @Override
    public ToolOutcome call(JsonNode arguments, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var given = new Arguments(arguments);
        return workspace.write(given.nonEmpty("file_path"), given.textOr("content", ""), deadline);
    }
}
