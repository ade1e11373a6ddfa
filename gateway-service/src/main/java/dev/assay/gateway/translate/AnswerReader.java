// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.Dialect;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Reads one answer of a dialect as pieces. Either its events, then the end, or the whole. One thread. */
interface AnswerReader {

    /** @param data of an event */
    void event(JsonNode data, Consumer<Piece> out);

    void whole(JsonNode body, Consumer<Piece> out);

    /** The answer has ended: what was held back is told now. */
    void end(Consumer<Piece> out);

    static AnswerReader of(Dialect dialect) {
        return switch (dialect) {
            case CHAT -> new ChatReader();
            case RESPONSES -> new ResponsesReader();
            case MESSAGES -> new MessagesReader();
            case GEMINI -> new GeminiReader();
        };
    }
}
