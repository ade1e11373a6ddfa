// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.Dialect;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An answer that is read and written anew in its own dialect: whole where it was a stream, or the other way, or with other texts in it. */
public final class Retold {

    private Retold() {}

    /**
     * What an answer says, in pieces; each block's text is one.
     *
     * @param told the data of a stream's events, or the one body
     */
    public static List<Piece> pieces(Dialect dialect, boolean streamed, List<JsonNode> told) {
        var pieces = new ArrayList<Piece>();
        var reader = AnswerReader.of(dialect);
        for (var one : told) {
            if (streamed) {
                reader.event(one, piece -> add(pieces, piece));
            } else {
                reader.whole(one, piece -> add(pieces, piece));
            }
        }
        reader.end(piece -> add(pieces, piece));
        return pieces;
    }

    private static void add(List<Piece> pieces, Piece piece) {
        if (piece instanceof Piece.More(var more) && !pieces.isEmpty() && pieces.getLast() instanceof Piece.More(var text)) {
            pieces.set(pieces.size() - 1, new Piece.More(text + more));
        } else {
            pieces.add(piece);
        }
    }

    /** The same pieces with other texts. */
    public static List<Piece> with(List<Piece> pieces, UnaryOperator<String> text) {
        return pieces.stream().map(piece -> piece instanceof Piece.More(var more) ? new Piece.More(text.apply(more)) : piece).toList();
    }

    /**
     * An answer of these pieces.
     *
     * @param call as its client sent it
     * @param streamed whether it is written as a stream
     * @throws dev.assay.gateway.dialect.ModelErrorException if the call cannot be read
     */
    public static byte[] written(Dialect dialect, ObjectNode call, String model, boolean streamed, List<Piece> pieces, Instant at) {
        var bytes = new ByteArrayOutputStream();
        var conversation = Translations.conversation(dialect, call, streamed, Losses.lenient(dialect));
        var writer = new Asked(dialect, conversation, call, model, at, null).writer();
        pieces.forEach(piece -> writer.piece(piece, bytes::writeBytes));
        return bytes.toByteArray();
    }
}
