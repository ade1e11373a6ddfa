// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import java.util.ArrayList;
import tools.jackson.databind.JsonNode;

/** A whole Chat Completion. */
final class ChatWhole implements AnswerWriter {

    private final ChatShapes shapes;
    private final Gathered gathered = new Gathered();

    ChatWhole(Asked asked) {
        this.shapes = new ChatShapes(asked);
    }

    @Override
    public void piece(Piece piece, Sink sink) {
        gathered.add(piece);
        if (piece instanceof Piece.End end) {
            sink.write(Frames.body(body(end)));
        }
    }

    private JsonNode body(Piece.End end) {
        var message = ChatShapes.object().put("role", "assistant");
        if (gathered.of(Piece.Kind.TEXT).isEmpty()) {
            message.putNull("content");
        } else {
            message.put("content", gathered.text(Piece.Kind.TEXT));
        }
        if (gathered.of(Piece.Kind.REFUSAL).isEmpty()) {
            message.putNull("refusal");
        } else {
            message.put("refusal", gathered.text(Piece.Kind.REFUSAL));
        }
        var thought = gathered.text(Piece.Kind.THINKING);
        if (!thought.isEmpty()) {
            message.put("reasoning_content", thought);
        }
        var tokens = new ArrayList<JsonNode>();
        for (var part : gathered.parts) {
            tokens.addAll(part.tokens);
            if (part.is(Piece.Kind.TOOL)) {
                message.withArrayProperty("tool_calls").add(shapes.call(part));
            } else if (part.seal != null) {
                var details = message.withArrayProperty("reasoning_details");
                details.add(ChatShapes.detail(part, details.size()));
            }
        }
        var body = shapes.envelope("chat.completion");
        var choice = body.putArray("choices").addObject().put("index", 0);
        choice.set("message", message);
        choice.set("logprobs", ChatShapes.logprobs(tokens));
        choice.put("finish_reason", end.finish().chat);
        if (end.usage() != null) {
            body.set("usage", Counts.chat(end.usage()));
        }
        return body;
    }
}
