// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

/** A whole response. */
final class ResponsesWhole implements AnswerWriter {

    private final ResponsesShapes shapes;

    ResponsesWhole(Asked asked) {
        this.shapes = new ResponsesShapes(asked);
    }

    @Override
    public void piece(Piece piece, Sink sink) {
        shapes.gathered.add(piece);
        if (piece instanceof Piece.End end) {
            sink.write(Frames.body(shapes.response(end)));
        }
    }
}
