// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.tool;

import tools.jackson.databind.JsonNode;

/** Something that a model may call. How it is declared is the dialect's: a schema, or the provider's own word for it. */
public interface Tool {

    /** As the model calls it, and unlike any other of the run. */
    String name();

    /**
     * Does what was asked for. An argument that is wrong is told to the model, not to a person, and so is whatever is thrown.
     *
     * @param arguments an object
     * @throws IllegalArgumentException if an argument is missing or of the wrong kind
     * @throws dev.assay.sdk.agents.CapabilityLostException if the way to the capability failed
     * @throws InterruptedException if the thread was interrupted; what was begun was told to end
     */
    ToolOutcome call(JsonNode arguments) throws Exception;
}
