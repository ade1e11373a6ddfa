// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.rfb;

import java.io.DataInputStream;
import java.io.IOException;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** The rows of one packed rectangle, a piece of the connection's one zlib stream: never more of it in memory than a part of that piece. */
final class ZlibRows {

    private final DataInputStream in;
    private final Inflater inflater;
    private final byte[] part = new byte[1 << 14];
    private int packed;

    /** @param packed bytes of the piece; what is less than none is none */
    ZlibRows(DataInputStream in, int packed, Inflater inflater) {
        this.in = in;
        this.packed = packed;
        this.inflater = inflater;
    }

    /** Fills the array. */
    void read(byte[] row) throws IOException {
        for (int at = 0; at < row.length; ) {
            int got = inflate(row, at);
            at += got;
            if (got == 0) {
                feed();
            }
        }
    }

    /** The end of a piece may hold nothing but the stream's own marks. */
    void finish() throws IOException {
        var nothing = new byte[1];
        while (packed > 0 || !inflater.needsInput()) {
            if (inflate(nothing, 0) > 0) {
                throw new RfbException("the screen sent more of a picture than it said");
            }
            if (packed <= 0) {
                return;
            }
            feed();
        }
    }

    private int inflate(byte[] into, int at) throws RfbException {
        try {
            return inflater.inflate(into, at, into.length - at);
        } catch (DataFormatException e) {
            throw new RfbException("the screen sent a picture that is not packed as it says", e);
        }
    }

    private void feed() throws IOException {
        int next = Math.min(packed, part.length);
        if (next <= 0 || inflater.finished() || inflater.needsDictionary()) {
            throw new RfbException("the screen sent less of a picture than it said");
        }
        in.readFully(part, 0, next);
        packed -= next;
        inflater.setInput(part, 0, next);
    }
}
