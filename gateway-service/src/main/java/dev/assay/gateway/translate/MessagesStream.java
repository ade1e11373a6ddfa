// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.Usage;
import tools.jackson.databind.node.ObjectNode;

/** The events of a message. */
final class MessagesStream implements AnswerWriter {

    private final MessagesShapes shapes;
    private final Gathered gathered = new Gathered();
    private boolean begun;
    /** A block of nothing but its seal is known for one only when that comes: until then nothing of it goes out. */
    private boolean opened;

    MessagesStream(Asked asked) {
        this.shapes = new MessagesShapes(asked);
    }

    @Override
    public void piece(Piece piece, Sink sink) {
        gathered.add(piece);
        switch (piece) {
            case Piece.Begin() -> begin(sink);
            case Piece.Open(var kind, var id, var tool) -> {
                begin(sink);
                opened = false;
                if (kind != Piece.Kind.THINKING) {
                    open(sink, shapes.empty(gathered.open()));
                }
            }
            case Piece.More(var text) -> more(sink, text);
            case Piece.Tokens unused -> {}
            case Piece.Seal(var seal, var hidden) -> {
                if (gathered.open().is(Piece.Kind.THINKING)) {
                    if (hidden) {
                        open(sink, shapes.whole(gathered.open()));
                    } else {
                        open(sink, shapes.empty(gathered.open()));
                        delta(sink, MessagesShapes.object().put("type", "signature_delta").put("signature", seal));
                    }
                }
            }
            case Piece.Close() -> {
                open(sink, shapes.empty(gathered.open()));
                sink.write(Frames.event(event("content_block_stop").put("index", gathered.open().index)));
            }
            case Piece.End end -> end(sink, end);
        }
    }

    private void begin(Sink sink) {
        if (!begun) {
            begun = true;
            var start = event("message_start");
            start.set("message", shapes.message());
            sink.write(Frames.event(start));
        }
    }

    private void open(Sink sink, ObjectNode block) {
        if (!opened) {
            opened = true;
            var start = event("content_block_start").put("index", gathered.open().index);
            start.set("content_block", block);
            sink.write(Frames.event(start));
        }
    }

    private void more(Sink sink, String text) {
        open(sink, shapes.empty(gathered.open()));
        delta(sink, switch (gathered.open().kind) {
            case TEXT, REFUSAL -> MessagesShapes.object().put("type", "text_delta").put("text", text);
            case THINKING -> MessagesShapes.object().put("type", "thinking_delta").put("thinking", text);
            case TOOL -> MessagesShapes.object().put("type", "input_json_delta").put("partial_json", text);
        });
    }

    private void delta(Sink sink, ObjectNode delta) {
        var event = event("content_block_delta").put("index", gathered.open().index);
        event.set("delta", delta);
        sink.write(Frames.event(event));
    }

    private void end(Sink sink, Piece.End end) {
        begin(sink);
        var last = event("message_delta");
        MessagesShapes.stop(last.putObject("delta"), end, gathered.text(Piece.Kind.REFUSAL));
        last.set("usage", Counts.messages(end.usage() == null ? Usage.NONE : end.usage()));
        sink.write(Frames.event(last));
        sink.write(Frames.event(event("message_stop")));
    }

    private static ObjectNode event(String type) {
        return MessagesShapes.object().put("type", type);
    }
}
