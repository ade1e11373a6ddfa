// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import dev.assay.sdk.agents.ssh.Deadline;
import dev.assay.sdk.agents.ssh.SshConnectionException;
import dev.assay.sdk.agents.tool.Arguments;
import dev.assay.sdk.agents.tool.Schema;
import dev.assay.sdk.agents.tool.Tool;
import dev.assay.sdk.agents.tool.ToolOutcome;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Says again what it is told; "lost" costs the connection, "broken" breaks the tool. */
final class FakeTool implements Tool {

    @Override
    public String name() {
        return "echo";
    }

    @Override
    public String description() {
        return "Says it again.";
    }

    @Override
    public ObjectNode parameters() {
        return new Schema().text("text", "What to say.").requiring("text");
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
