// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.step;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Something that an agent did which is neither a turn of its model nor a tool's call.
 *
 * @param extra what it was, under a name of the agent's own, such as {@code codex_item}
 */
public record NoteStep(ObjectNode extra, @Nullable String error) implements Step {

    @Override
    public String source() {
        return "agent";
    }
}
