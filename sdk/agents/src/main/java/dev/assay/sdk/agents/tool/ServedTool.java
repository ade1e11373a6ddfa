// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.tool;

import java.io.IOException;
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

    /**
     * What it says of itself, for a provider who takes no tool without.
     *
     * @throws IOException if it says nothing
     */
    public String descriptionFor(String provider) throws IOException {
        if (description == null) {
            throw new IOException("the environment's tool '" + original + "' has no description, which " + provider + " cannot do without");
        }
        return description;
    }

    @Override
    public ToolOutcome call(JsonNode arguments) throws Exception {
        return server.call(original, arguments);
    }
}
