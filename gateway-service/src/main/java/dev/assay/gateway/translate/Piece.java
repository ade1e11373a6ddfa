// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A piece of an answer, in order: a beginning, blocks one after the other, an end. The same for whole and for streamed answers, written by
 * the readers of answers and read by their writers.
 */
public sealed interface Piece {

    enum Kind {
        TEXT,
        THINKING,
        REFUSAL,
        TOOL
    }

    record Begin() implements Piece {}

    /** A block begins. @param callId of a tool's call; null: no tool @param tool its name as the upstream knows it; null: no tool */
    record Open(Kind kind, @Nullable String callId, @Nullable String tool) implements Piece {}

    /** More of the open block: of a text, a thought, a refusal, or of the arguments of a call, which are JSON all together. */
    record More(String text) implements Piece {}

    /** The open block's seal. @param hidden whether the block has nothing but it */
    record Seal(String seal, boolean hidden) implements Piece {}

    /** Log-probabilities of the open text's tokens, in OpenAI's shape. */
    record Tokens(List<JsonNode> tokens) implements Piece {}

    /** The open block ends. */
    record Close() implements Piece {}

    /**
     * The answer ends.
     *
     * @param stopSequence the one that ended it; null: none
     * @param usage null: not told
     */
    record End(Finish finish, @Nullable String stopSequence, @Nullable Usage usage) implements Piece {}

}
