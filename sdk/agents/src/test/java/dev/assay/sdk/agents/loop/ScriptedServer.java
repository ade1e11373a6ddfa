// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.loop;

import dev.assay.sdk.agents.tool.ToolOutcome;
import dev.assay.sdk.agents.tool.ToolServer;
import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** A server of tools whose results stand in a script; it takes down what it was called for. */
record ScriptedServer(JsonNode script, ArrayNode did) implements ToolServer {

    @Override
    public List<Listed> tools() {
        return script.path("tools").valueStream()
                .map(tool -> new Listed(
                        tool.path("name").asString(), tool.path("description").asStringOpt().orElse(null), tool.path("inputSchema")))
                .toList();
    }

    @Override
    public ToolOutcome call(String tool, JsonNode arguments) throws IOException {
        did.addObject().put("tool", tool).set("arguments", arguments);
        var result = script.path("results").path(tool);
        if (result.has("raises")) {
            throw new IOException(result.path("raises").asString());
        }
        return new ToolOutcome(
                result.path("content").valueStream().toList(),
                result.has("structuredContent") ? result.path("structuredContent") : null,
                result.path("isError").asBoolean(false),
                result.get("_meta"));
    }

    @Override
    public void close() {
        // nothing is open
    }
}
