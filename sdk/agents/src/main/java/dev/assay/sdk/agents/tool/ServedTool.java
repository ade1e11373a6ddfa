// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.tool;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A tool of a server of the environment.
 *
 * @param name as providers can take it
 * @param original the server's own name for it
 */
public record ServedTool(String name, String original, @Nullable String description, JsonNode parameters, ToolServer server)
        implements FunctionTool {

    @Override
    public ToolOutcome call(JsonNode arguments) throws Exception {
        return server.call(original, arguments);
    }
}
