// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import tools.jackson.databind.node.ObjectNode;

/** A whole message. */
final class MessagesWhole implements AnswerWriter {

    private final MessagesShapes shapes;
    private final Gathered gathered = new Gathered();

    MessagesWhole(Asked asked) {
        this.shapes = new MessagesShapes(asked);
    }

    @Override
    public void piece(Piece piece, Sink sink) {
        gathered.add(piece);
        if (piece instanceof Piece.End end) {
            sink.write(Frames.body(body(end)));
        }
    }

    private ObjectNode body(Piece.End end) {
        var message = shapes.message();
        var content = message.putArray("content");
        gathered.parts.forEach(part -> content.add(shapes.whole(part)));
        MessagesShapes.stop(message, end, gathered.text(Piece.Kind.REFUSAL));
        if (end.usage() != null) {
            message.set("usage", Counts.messages(end.usage()));
        }
        return message;
    }
}
