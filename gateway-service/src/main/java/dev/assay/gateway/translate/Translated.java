// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

import dev.assay.gateway.dialect.ModelJson;
import java.io.ByteArrayOutputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** An answer on its way from one dialect into another. Errors, and what is no answer, were taken out before. */
final class Translated implements AnswerTranslation {

    private final AnswerReader reader;
    private final AnswerWriter writer;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    Translated(AnswerReader reader, AnswerWriter writer) {
        this.reader = reader;
        this.writer = writer;
    }

    @Override
    public byte[] event(String name, byte[] bytes, int from, int to) {
        var data = tree(bytes, from, to);
        if (data.isObject()) {
            reader.event(data, this::write);
        }
        return taken();
    }

    @Override
    public byte[] end() {
        reader.end(this::write);
        return taken();
    }

    @Override
    public byte[] whole(byte[] bytes, int from, int to) {
        reader.whole(tree(bytes, from, to), this::write);
        reader.end(this::write);
        return taken();
    }

    private void write(Piece piece) {
        writer.piece(piece, bytes -> written.write(bytes, 0, bytes.length));
    }

    private byte[] taken() {
        var bytes = written.toByteArray();
        written.reset();
        return bytes;
    }

    /** A missing node: this is no JSON, such as Chat's last line. */
    private static JsonNode tree(byte[] bytes, int from, int to) {
        try {
            return ModelJson.MAPPER.readTree(bytes, from, to - from);
        } catch (JacksonException e) {
            return ModelJson.MAPPER.missingNode();
        }
    }
}
