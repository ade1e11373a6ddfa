// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.Dialect;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an answer's writer knows of the call.
 *
 * @param body as the client sent it
 * @param model as the client is to see it
 * @param fingerprint what a Chat answer says in `system_fingerprint`; null: nothing
 */
public record Asked(Dialect dialect, Conversation call, ObjectNode body, String model, Instant now, @Nullable String fingerprint) {

    public AnswerWriter writer() {
        return switch (dialect) {
            case CHAT -> call.streamed() ? new ChatStream(this) : new ChatWhole(this);
            case RESPONSES -> call.streamed() ? new ResponsesStream(this) : new ResponsesWhole(this);
            case MESSAGES -> call.streamed() ? new MessagesStream(this) : new MessagesWhole(this);
            case GEMINI -> new GeminiAnswers(this);
        };
    }
}
