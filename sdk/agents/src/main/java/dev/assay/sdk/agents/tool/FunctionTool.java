// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.tool;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** A tool that is declared by what it is for and by its arguments' schema. */
public interface FunctionTool extends Tool {

    @Nullable String description();

    /** The JSON Schema of its arguments. */
    JsonNode parameters();
}
