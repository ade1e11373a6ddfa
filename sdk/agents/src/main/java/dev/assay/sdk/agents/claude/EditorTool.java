// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import dev.assay.sdk.agents.ssh.CommandTimeoutException;
import dev.assay.sdk.agents.ssh.Deadline;
import dev.assay.sdk.agents.ssh.SshConnectionException;
import dev.assay.sdk.agents.tool.Lines;
import dev.assay.sdk.agents.tool.ShellTool;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.agents.tool.WorkspaceFiles;
import dev.assay.sdk.protocol.PythonText;
import java.util.ArrayList;
import tools.jackson.databind.JsonNode;

/** Claude's editor. What it changes is read and written whole, within one deadline. */
record EditorTool(WorkspaceFiles workspace) implements ShellTool {

    @Override
    public String name() {
        return ClaudeTools.EDITOR;
    }

    @Override
    public ToolOutcome call(JsonNode arguments, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        if (!arguments.path("path").isString()) {
            return ToolOutcome.failure("`path` is required");
        }
        var path = arguments.path("path").stringValue();
        return switch (arguments.path("command").asString("")) {
            case "view" -> workspace.view(path, deadline);
            case "create" -> workspace.write(path, text(arguments, "file_text"), deadline);
            case "str_replace" -> replace(path, text(arguments, "old_str"), text(arguments, "new_str"), deadline);
            case "insert" -> arguments.path("insert_line").isIntegralNumber()
                    ? insert(path, arguments.path("insert_line").asInt(-1), text(arguments, "new_str"), deadline)
                    : ToolOutcome.failure("insert needs `insert_line`, a whole number");
            default -> ToolOutcome.failure("unknown editor command: "
                    + (arguments.has("command") ? PythonText.repr(arguments.path("command")) : "None"));
        };
    }

    private static String text(JsonNode arguments, String name) {
        return arguments.has(name) ? PythonText.str(arguments.path(name)) : "";
    }

    private ToolOutcome replace(String path, String old, String replacement, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var existing = workspace.read(path, deadline);
        if (existing.failed()) {
            return existing;
        }
        var text = existing.text();
        var places = count(text, old);
        if (places == 0) {
            return ToolOutcome.failure("old_str not found in " + path);
        }
        if (places > 1) {
            return ToolOutcome.failure("old_str matches " + places + " times in " + path + "; must be unique");
        }
        return workspace.write(path, text.replace(old, replacement), deadline);
    }

    private ToolOutcome insert(String path, int line, String text, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var existing = workspace.read(path, deadline);
        if (existing.failed()) {
            return existing;
        }
        var lines = new ArrayList<>(Lines.withEnds(existing.text()));
        if (line < 0 || line > lines.size()) {
            return ToolOutcome.failure("insert_line " + line + " is not in the file, which has " + lines.size() + " lines");
        }
        lines.add(line, text.isEmpty() || text.endsWith("\n") ? text : text + "\n");
        return workspace.write(path, String.join("", lines), deadline);
    }

    /** Nothing is found before, between and behind all characters. */
    private static int count(String text, String part) {
        if (part.isEmpty()) {
            return text.codePointCount(0, text.length()) + 1;
        }
        var count = 0;
        for (var at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length())) {
            count++;
        }
        return count;
    }
}
