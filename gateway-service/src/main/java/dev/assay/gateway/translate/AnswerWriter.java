// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.translate;

/** Writes one answer in one dialect, as its pieces come: a stream's events at once, a whole answer at its end. One thread. */
public interface AnswerWriter {

    /** What has been written is given away piece by piece: whole events, or one body. */
    interface Sink {
        void write(byte[] bytes);
    }

    /** @param sink takes what this piece makes, which may be nothing */
    void piece(Piece piece, Sink sink);
}
