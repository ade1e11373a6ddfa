// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a model is asked.
 *
 * @param tools that it may call
 * @param before ids of an earlier prompt and its answer that it goes on from; null: none are known
 */
public record Conversation(List<Message> messages, List<Tool> tools, @Nullable Before before) {

    /**
     * @param ids of the first messages
     * @param messages how many these are; the last of them is an answer
     */
    public record Before(int[] ids, int messages) {}

    public record Message(Role role, String text, List<ToolCall> calls) {}

    public enum Role {
        SYSTEM,
        USER,
        ASSISTANT,
        TOOL
    }

    /**
     * @param description for the model; may be empty
     * @param parameters a JSON schema
     */
    public record Tool(String name, String description, JsonNode parameters) {}

    /** @param arguments JSON */
    public record ToolCall(String name, String arguments) {}
}
