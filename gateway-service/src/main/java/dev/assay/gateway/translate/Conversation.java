// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A call, whatever dialect it came in: what all four can say in common. Turns keep their order; several of one speaker in a row are
 * allowed.
 *
 * @param choice which tools may or have to be called; means nothing without tools
 * @param parallelTools whether one answer may call several tools
 * @param usageInStream whether a Chat client wants its usage in the stream
 * @param topLogprobs how many alternatives are wanted beside each token's log-probability; null: no log-probabilities are wanted
 */
public record Conversation(
        List<Turn> turns,
        List<ToolDeclaration> tools,
        ToolChoice choice,
        boolean parallelTools,
        Sampling sampling,
        Form form,
        Effort effort,
        boolean streamed,
        boolean usageInStream,
        @Nullable Integer topLogprobs) {

    public enum Speaker {
        /** Instructions, wherever they stand: a system or developer message, in the middle of a conversation too. */
        SYSTEM,
        /** The user, and the results of tools. */
        USER,
        ASSISTANT
    }

    public record Turn(Speaker speaker, List<Block> blocks) {}

    /**
     * A tool that the model may call.
     *
     * @param namespace the group that it stands in (Responses); null: none
     * @param schema of its arguments, a JSON schema; null: not told
     * @param grammar what a free text has to look like, for people and models to read; null: anything
     */
    public record ToolDeclaration(
            ToolKind kind,
            String name,
            @Nullable String namespace,
            @Nullable String description,
            @Nullable JsonNode schema,
            @Nullable Boolean strict,
            @Nullable String grammar) {}

    public enum ToolKind {
        /** Called with a JSON object. */
        FUNCTION,
        /** Called with a text. */
        CUSTOM,
        /** Responses' own shell, run by the client. */
        SHELL
    }

    public sealed interface ToolChoice {
        record Auto() implements ToolChoice {}

        record None() implements ToolChoice {}

        /** At least one, whichever. */
        record Any() implements ToolChoice {}

        record One(String name) implements ToolChoice {}
    }

    /** How an answer is drawn. Null, or empty: not said. @param maxOutput in tokens, reasoning included */
    public record Sampling(
            @Nullable Double temperature,
            @Nullable Double topP,
            @Nullable Long topK,
            @Nullable Long maxOutput,
            List<String> stop,
            @Nullable Long seed,
            @Nullable Double presence,
            @Nullable Double frequency) {}

    /** What the answer's text has to be. */
    public sealed interface Form {
        record Prose() implements Form {}

        record AnyJson() implements Form {}

        record Schema(String name, JsonNode schema, @Nullable Boolean strict) implements Form {}
    }

    /**
     * How much is to be thought.
     *
     * @param level null: not said
     * @param budget in tokens; null: not said
     * @param show whether the client wants to see (a summary of) it
     */
    public record Effort(@Nullable Level level, @Nullable Long budget, boolean show) {

        static final Effort UNSAID = new Effort(null, null, false);
    }

    public enum Level {
        NONE,
        MINIMAL,
        LOW,
        MEDIUM,
        HIGH,
        XHIGH,
        MAX
    }
}
