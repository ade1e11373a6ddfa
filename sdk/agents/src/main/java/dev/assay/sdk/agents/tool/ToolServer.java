// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.tool;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A server of tools in the environment, connected. */
public interface ToolServer extends AutoCloseable {

    /** @param parameters the JSON Schema of its arguments, as the server has it */
    record Listed(String name, @Nullable String description, JsonNode parameters) {}

    /** What it has, in its order. */
    List<Listed> tools() throws Exception;

    /** Calls one by the server's own name. A result that is an error is an outcome that failed. */
    ToolOutcome call(String tool, JsonNode arguments) throws Exception;

    @Override
    void close();
}
