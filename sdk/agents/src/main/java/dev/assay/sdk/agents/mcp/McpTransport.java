// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.mcp;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Carries the messages of one session. What a server asks for meanwhile is answered by {@link Asked}. */
interface McpTransport extends AutoCloseable {

    /**
     * @param request with a number as its {@code id}
     * @param limit until the reply is there; null: as long as it takes
     * @return the reply with that id: it has a {@code result} or an {@code error}
     */
    JsonNode ask(ObjectNode request, @Nullable Duration limit) throws McpException, InterruptedException;

    /** Says what nobody answers. */
    void tell(ObjectNode message, Duration limit) throws McpException, InterruptedException;

    /** The version that both sides speak from now on. */
    default void agreed(String version) {}

    @Override
    void close();
}
