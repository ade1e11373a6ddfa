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

/** {@code replace}: the first occurrence of a text in a file. */
record Replace(WorkspaceFiles workspace) implements WorkspaceFunction {

    @Override
    public String name() {
        return "replace";
    }

    @Override
    public String description() {
        return "Replaces a text in a file where it first occurs. The old text is taken literally; an empty one makes a new file.";
    }

    @Override
    public ObjectNode parameters() {
        return new Schema()
                .text("file_path", "The file to change.")
                .text("instruction", "What the change is meant to do.")
                .text("old_string", "The text that is there.")
                .text("new_string", "The text that is to be there.")
                .requiring("file_path", "old_string", "new_string");
    }

    @Override
    public ToolOutcome call(JsonNode arguments, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var given = new Arguments(arguments);
        var path = given.nonEmpty("file_path");
        var old = given.textOr("old_string", "");
        var replacement = given.textOr("new_string", "");
        return old.isEmpty() ? workspace.write(path, replacement, deadline) : replace(path, old, replacement, deadline);
    }

    private ToolOutcome replace(String path, String old, String replacement, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var existing = workspace.read(path, deadline);
        if (existing.failed()) {
            return existing;
        }
        var text = existing.text();
        var at = text.indexOf(old);
        return at < 0
                ? ToolOutcome.failure("there is no old_string in " + path)
                : workspace.write(path, text.substring(0, at) + replacement + text.substring(at + old.length()), deadline);
    }
}
