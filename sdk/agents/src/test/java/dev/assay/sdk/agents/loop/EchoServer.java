// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.agents.tool.ToolServer;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A server whose {@code echo} says again what it is told as {@code q}, and whose other tools answer with one block. */
record EchoServer(List<Listed> tools, JsonNode block) implements ToolServer {

    @Override
    public ToolOutcome call(String tool, JsonNode arguments) {
        return tool.equals("echo") ? ToolOutcome.text(arguments.path("q").asString("")) : new ToolOutcome(List.of(block), null, false);
    }

    @Override
    public void close() {
        // nothing is open
    }
}
