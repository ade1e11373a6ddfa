// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.gemini;

import dev.assay.sdk.agents.ssh.CommandTimeoutException;
import dev.assay.sdk.agents.ssh.Deadline;
import dev.assay.sdk.agents.ssh.SshConnectionException;
import dev.assay.sdk.agents.tool.Arguments;
import dev.assay.sdk.agents.tool.Lines;
import dev.assay.sdk.agents.tool.Schema;
import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.agents.tool.WorkspaceFiles;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code read_file}: a file's text, or some lines of it. */
record ReadFile(WorkspaceFiles workspace) implements WorkspaceFunction {

    @Override
    public String name() {
        return "read_file";
    }

    @Override
    public String description() {
        return "Reads a file, whole or from one line to another.";
    }

    @Override
    public ObjectNode parameters() {
        return new Schema()
                .text("file_path", "The file to read.")
                .integer("start_line", "The line to begin with, counted from 1.")
                .integer("end_line", "The last line to read, counted from 1.")
                .requiring("file_path");
    }

    @Override
    public ToolOutcome call(JsonNode arguments, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var given = new Arguments(arguments);
        var whole = workspace.text(given.nonEmpty("file_path"), deadline);
        var start = number(arguments.path("start_line"));
        return whole.failed() || start <= 0 ? whole : ToolOutcome.text(lines(whole.text(), start, number(arguments.path("end_line"))));
    }

    private static String lines(String text, long start, long end) {
        return String.join("", Lines.whole(text).stream().skip(start - 1).limit(end >= start ? end - start + 1 : Long.MAX_VALUE).toList());
    }

    /** 0 where it is none: the file is then read from its beginning, or to its end. */
    private static long number(JsonNode given) {
        return given.isIntegralNumber() && given.canConvertToLong() ? given.longValue() : 0;
    }
}
