// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.ModelJson;
import dev.assay.gateway.dialect.Usage;
import dev.assay.gateway.translate.Block.Arguments;
import tools.jackson.databind.node.ObjectNode;

/** What whole and streamed Messages answers have in common. */
final class MessagesShapes {

    private static final String NOT_JSON = "INVALID_JSON";

    private final Asked asked;
    private final Emulated tools;

    MessagesShapes(Asked asked) {
        this.asked = asked;
        this.tools = new Emulated(asked.call().tools());
    }

    ObjectNode message() {
        var message = object().put("id", "msg_" + Ids.random())
                .put("type", "message")
                .put("role", "assistant")
                .put("model", asked.model());
        message.putArray("content");
        message.putNull("stop_reason").putNull("stop_sequence");
        message.set("usage", Counts.messages(Usage.NONE));
        return message;
    }

    /** A block without its text: as it begins in a stream. */
    ObjectNode empty(Gathered.Part part) {
        return switch (part.kind) {
            case TEXT, REFUSAL -> object().put("type", "text").put("text", "");
            case THINKING -> object().put("type", "thinking").put("thinking", "").put("signature", "");
            case TOOL -> {
                var call = object().put("type", "tool_use").put("id", part.callId).put("name", tools.said(part.tool));
                call.putObject("input");
                yield call;
            }
        };
    }

    ObjectNode whole(Gathered.Part part) {
        return switch (part.kind) {
            case TEXT, REFUSAL -> empty(part).put("text", part.text.toString());
            case THINKING -> part.hidden
                    ? object().put("type", "redacted_thinking").put("data", part.seal)
                    : empty(part).put("thinking", part.text.toString()).put("signature", part.seal == null ? "" : part.seal);
            case TOOL -> {
                var call = empty(part);
                call.set("input", Emulated.arguments(part.arguments()) instanceof Arguments.Json(var value)
                        ? value
                        : object().put(NOT_JSON, part.arguments()));
                yield call;
            }
        };
    }

    /** Why it ended, written into a message or into the delta of one. */
    static void stop(ObjectNode into, Piece.End end, String refusal) {
        into.put("stop_reason", end.finish().messages);
        into.put("stop_sequence", end.stopSequence());
        if (end.finish().messages.equals("refusal")) {
            var details = into.putObject("stop_details").put("type", "refusal").putNull("category");
            details.put("explanation", refusal.isEmpty() ? null : refusal);
        }
    }

    static ObjectNode object() {
        return ModelJson.MAPPER.createObjectNode();
    }
}
