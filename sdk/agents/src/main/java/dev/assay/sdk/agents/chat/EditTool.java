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

/** {@code edit}: one text of a file replaced by another. */
record EditTool(WorkspaceFiles workspace) implements WorkspaceTool {

    @Override
    public String name() {
        return "edit";
    }

    @Override
    public String description() {
        return "Replaces oldString, which must stand in the file to the letter, by newString. "
                + "If it stands there several times, replaceAll replaces them all.";
    }

    @Override
    public ObjectNode parameters() {
        return new Schema()
                .text("filePath", "The file's absolute path.")
                .text("oldString", "What to replace, to the letter.")
                .text("newString", "What to put in its place; not the same again.")
                .flag("replaceAll", "Whether to replace it wherever it stands (if not said: no).")
                .requiring("filePath", "oldString", "newString");
    }

    @Override
    public ToolOutcome call(JsonNode arguments, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var given = new Arguments(arguments);
        var path = given.nonEmpty("filePath");
        var old = given.text("oldString");
        var replacement = given.text("newString");
        if (old.equals(replacement)) {
            return ToolOutcome.failure("there is nothing to change: oldString and newString are the same");
        }
        return old.isEmpty() ? create(path, replacement, deadline) : replace(path, old, replacement, given.isTrue("replaceAll"), deadline);
    }

    private ToolOutcome create(String path, String content, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        if (!workspace.bash("test -e " + ShellText.quote(path), deadline).failed()) {
            return ToolOutcome.failure("the file exists: say in oldString which of its text to replace, or replace all of it with write");
        }
        return NewFile.write(workspace, path, content, deadline);
    }

    private ToolOutcome replace(String path, String old, String replacement, boolean everywhere, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var existing = workspace.read(path, deadline);
        if (existing.failed()) {
            return existing;
        }
        var text = existing.text();
        var places = count(text, old);
        if (places == 0) {
            return ToolOutcome.failure("there is no oldString in " + path);
        }
        if (places > 1 && !everywhere) {
            return ToolOutcome.failure("oldString stands " + places + " times in " + path + ": give more of it, or replaceAll");
        }
        return workspace.write(path, text.replace(old, replacement), deadline);
    }

    private static int count(String text, String part) {
        var count = 0;
        for (var at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }
}
