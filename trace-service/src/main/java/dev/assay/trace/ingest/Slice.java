// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

/** A part of a body, which is not copied. */
record Slice(byte[] bytes, int from, int length) {

    static Slice of(byte[] bytes) {
        return new Slice(bytes, 0, bytes.length);
    }

    /** A part of this part. */
    Slice part(long from, long length) {
        return new Slice(bytes, this.from + (int) from, (int) length);
    }
}
