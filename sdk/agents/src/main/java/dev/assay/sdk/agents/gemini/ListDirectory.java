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

/** {@code list_directory}: the names in a folder. */
record ListDirectory(WorkspaceFiles workspace) implements WorkspaceFunction {

    @Override
    public String name() {
        return "list_directory";
    }

    @Override
    public String description() {
        return "Lists what a folder holds.";
    }

    @Override
    public ObjectNode parameters() {
        return new Schema()
                .text("dir_path", "The folder to list.")
                .requiring("dir_path");
    }

    @Override
    public ToolOutcome call(JsonNode arguments, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var given = new Arguments(arguments);
        return workspace.list(given.nonEmpty("dir_path"), deadline);
    }
}
