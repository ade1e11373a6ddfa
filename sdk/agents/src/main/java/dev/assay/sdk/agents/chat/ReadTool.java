// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.chat;

import dev.assay.sdk.agents.ssh.CommandTimeoutException;
import dev.assay.sdk.agents.ssh.Deadline;
import dev.assay.sdk.agents.ssh.ShellText;
import dev.assay.sdk.agents.ssh.SshConnectionException;
import dev.assay.sdk.agents.tool.Arguments;
import dev.assay.sdk.agents.tool.Lines;
import dev.assay.sdk.agents.tool.Schema;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.agents.tool.WorkspaceFiles;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code read}: a file by pages of lines, an image, or the names in a folder. */
record ReadTool(WorkspaceFiles workspace) implements WorkspaceTool {

    private static final int PAGE = 2000;

    @Override
    public String name() {
        return "read";
    }

    @Override
    public String description() {
        return "Shows a file of text, an image or a folder of the workspace; a long text by pages, with offset and limit.";
    }

    @Override
    public ObjectNode parameters() {
        return new Schema()
                .text("filePath", "The absolute path of the file or folder.")
                .integer("offset", 0, "The first line to show, counted from 1.")
                .integer("limit", 1, "How many lines to show; 2000 if not said.")
                .requiring("filePath");
    }

    @Override
    public ToolOutcome call(JsonNode arguments, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var given = new Arguments(arguments);
        var path = given.nonEmpty("filePath");
        var offset = given.isZero("offset") ? 1 : given.positive("offset").orElse(1);
        var limit = given.positive("limit").orElse(PAGE);
        if (!workspace.bash("test -d " + ShellText.quote(path), deadline).failed()) {
            var listed = workspace.list(path, deadline);
            return listed.failed() ? listed : folder(path, listed.text(), offset, limit);
        }
        var viewed = workspace.view(path, deadline);
        return viewed.failed() || viewed.holdsImage() ? viewed : file(path, Lines.of(viewed.text()), offset, limit);
    }

    private static ToolOutcome file(String path, List<String> lines, int offset, int limit) {
        var start = offset - 1;
        if (start > lines.size()) {
            return ToolOutcome.failure("offset " + offset + " is beyond the end of the file, which has " + lines.size() + " lines");
        }
        var end = (int) Math.min(lines.size(), (long) start + limit);
        var body = new ArrayList<>(List.of("<path>" + path + "</path>", "<type>file</type>", "<content>"));
        for (var i = start; i < end; i++) {
            body.add(i + 1 + ": " + lines.get(i));
        }
        body.add(end < lines.size()
                ? "\n(Showing lines " + offset + "-" + end + " of " + lines.size() + ". Use offset=" + (end + 1) + " to continue.)"
                : "\n(End of file - total " + lines.size() + " lines)");
        body.add("</content>");
        return ToolOutcome.text(String.join("\n", body));
    }

    private static ToolOutcome folder(String path, String listing, int offset, int limit) {
        var entries = listing.equals("(empty)") ? List.<String>of() : listing.lines().toList();
        var start = Math.min(offset - 1, entries.size());
        var shown = entries.subList(start, (int) Math.min(entries.size(), (long) start + limit));
        var body = new ArrayList<>(List.of("<path>" + path + "</path>", "<type>directory</type>", "<entries>"));
        body.addAll(shown);
        body.add(start + shown.size() < entries.size()
                ? "\n(Showing " + shown.size() + " of " + entries.size() + " entries. Use offset=" + (offset + shown.size()) + " to continue.)"
                : "\n(" + entries.size() + " entries)");
        body.add("</entries>");
        return ToolOutcome.text(String.join("\n", body));
    }
}
