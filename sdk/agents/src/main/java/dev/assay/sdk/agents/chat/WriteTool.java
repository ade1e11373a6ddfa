// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.chat;

import dev.assay.sdk.agents.ssh.CommandTimeoutException;
import dev.assay.sdk.agents.ssh.Deadline;
import dev.assay.sdk.agents.ssh.SshConnectionException;
import dev.assay.sdk.agents.tool.Arguments;
import dev.assay.sdk.agents.tool.Schema;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.agents.tool.WorkspaceFiles;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code write}: a whole file, its folders made where they are missing. */
record WriteTool(WorkspaceFiles workspace) implements WorkspaceTool {

    @Override
    public String name() {
        return "write";
    }

    @Override
    public String description() {
        return "Writes a whole file, new or in place of the one that is there.";
    }

    @Override
    public ObjectNode parameters() {
        return new Schema()
                .text("content", "All that shall stand in it.")
                .text("filePath", "The file's absolute path.")
                .requiring("content", "filePath");
    }

    @Override
    public ToolOutcome call(JsonNode arguments, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var given = new Arguments(arguments);
        return NewFile.write(workspace, given.nonEmpty("filePath"), given.text("content"), deadline);
    }
}
