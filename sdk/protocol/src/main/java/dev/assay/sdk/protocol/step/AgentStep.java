// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol.step;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;
import tools.jackson.databind.node.ObjectNode;

/**
 * One turn of the model. Begun with {@link #says}, and told further by the {@code with} methods.
 *
 * @param done whether the agent has nothing more to do
 * @param finishReason why the provider stopped, in its words
 * @param stopReason {@code length} or {@code malformed_tool_call}, where that ended the run
 * @param raw the provider's response as it came
 * @param sample token ids and log-probabilities for training, kept as they came
 * @param extra what only this agent tells, under a name of its own, such as {@code codex_item}
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
        @Nullable String error,
        @Nullable ObjectNode extra)
        implements Step {

    /** What a turn consumed. */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Usage(
            @Nullable Long promptTokens,
            @Nullable Long completionTokens,
            @Nullable Long cachedTokens,
            @Nullable Double costUsd,
            @Nullable Integer llmCallCount) {

        public static Usage of(@Nullable Long promptTokens, @Nullable Long completionTokens, @Nullable Long cachedTokens) {
            return new Usage(promptTokens, completionTokens, cachedTokens, null, null);
        }
    }

    /** A turn of a model that says that and calls those tools; without calls it is done. */
    public static AgentStep says(@Nullable String content, List<ToolCall> calls, @Nullable String model) {
        return new AgentStep(
                content, null, List.copyOf(calls), calls.isEmpty(), null, null, null, List.of(), null, model, null, null, null, null);
    }

    public AgentStep withReasoning(@Nullable String told) {
        return new AgentStep(
                content, told, toolCalls, done, finishReason, stopReason, refusal, citations, raw, model, usage, sample, error, extra);
    }

    public AgentStep withDone(boolean told) {
        return new AgentStep(
                content, reasoning, toolCalls, told, finishReason, stopReason, refusal, citations, raw, model, usage, sample, error, extra);
    }

    /** Why the provider stopped, and what it said if it refused. */
    public AgentStep withFinish(@Nullable String reason, @Nullable String refused) {
        return new AgentStep(
                content, reasoning, toolCalls, done, reason, stopReason, refused, citations, raw, model, usage, sample, error, extra);
    }

    public AgentStep withUsage(@Nullable Usage told) {
        return new AgentStep(
                content, reasoning, toolCalls, done, finishReason, stopReason, refusal, citations, raw, model, told, sample, error, extra);
    }

    public AgentStep withCitations(List<JsonNode> told) {
        return new AgentStep(
                content, reasoning, toolCalls, done, finishReason, stopReason, refusal, List.copyOf(told), raw, model, usage, sample, error,
                extra);
    }

    public AgentStep withRaw(@Nullable JsonNode response, @Nullable JsonNode tokens) {
        return new AgentStep(
                content, reasoning, toolCalls, done, finishReason, stopReason, refusal, citations, response, model, usage, tokens, error, extra);
    }

    public AgentStep withExtra(ObjectNode told) {
        return new AgentStep(
                content, reasoning, toolCalls, done, finishReason, stopReason, refusal, citations, raw, model, usage, sample, error, told);
    }

    /** A turn that ends the run. */
    public AgentStep failed(String why, @Nullable String stopped) {
        return new AgentStep(
                content, reasoning, toolCalls, done, finishReason, stopped, refusal, citations, raw, model, usage, sample, why, extra);
    }

    @Override
    public String source() {
        return "agent";
    }
}
