// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.step;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A run that this one began.
 *
 * @param subagent its whole trace: {@code steps}, {@code status}, {@code stop_reason}, {@code content}, {@code extra}, {@code trace_id}
 */
public record SubagentStep(JsonNode subagent, @Nullable String error) implements Step {

    @Override
    public String source() {
        return "subagent";
    }
}
