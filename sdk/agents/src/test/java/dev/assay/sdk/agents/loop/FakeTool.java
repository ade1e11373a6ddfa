// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import dev.assay.sdk.agents.ssh.Deadline;
import dev.assay.sdk.agents.ssh.SshConnectionException;
import dev.assay.sdk.agents.tool.Arguments;
import dev.assay.sdk.agents.tool.ShellTool;
import dev.assay.sdk.agents.tool.ToolOutcome;
import tools.jackson.databind.JsonNode;

/** Says again what it is told; "lost" costs the connection, "broken" breaks the tool. */
final class FakeTool implements ShellTool {

    @Override
    public String name() {
        return "echo";
    }

    @Override
    public ToolOutcome call(JsonNode arguments, Deadline deadline) throws SshConnectionException {
        var text = new Arguments(arguments).text("text");
        return switch (text) {
            case "lost" -> throw new SshConnectionException("the line is dead");
            case "broken" -> throw new IllegalStateException("broken");
            default -> ToolOutcome.text(text);
        };
    }
}
