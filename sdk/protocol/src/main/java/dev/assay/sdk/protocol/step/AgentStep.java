// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.step;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * One turn of the model.
 *
 * @param done whether the agent has nothing more to do
 * @param finishReason why the provider stopped, in its words
 * @param stopReason {@code length} or {@code malformed_tool_call}, where that ended the run
 * @param raw the provider's response as it came
 * @param sample token ids and log-probabilities for training, kept as they came
 */
@JsonNaming(SnakeCaseStrategy.class)
public record AgentStep(
        @Nullable String content,
        @Nullable String reasoning,
        List<ToolCall> toolCalls,
        boolean done,
        @Nullable String finishReason,
        @Nullable String stopReason,
        @Nullable String refusal,
        List<JsonNode> citations,
        @Nullable JsonNode raw,
        @Nullable String model,
        @Nullable Usage usage,
        @Nullable JsonNode sample,
        @Nullable String error)
        implements Step {

    /** What a turn consumed. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Usage(
            @Nullable Long promptTokens,
            @Nullable Long completionTokens,
            @Nullable Long cachedTokens,
            @Nullable Double costUsd,
            @Nullable Integer llmCallCount) {}

    @Override
    public String source() {
        return "agent";
    }
}
