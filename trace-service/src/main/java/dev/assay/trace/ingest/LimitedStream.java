// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Fails once more bytes came than are allowed, whatever was announced. */
final class LimitedStream extends FilterInputStream {

    private long left;

    LimitedStream(InputStream in, long limit) {
        super(in);
        this.left = limit;
    }

    static final class Exceeded extends IOException {}

    @Override
    public int read() throws IOException {
        var b = super.read();
        count(b < 0 ? 0 : 1);
        return b;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        var n = super.read(bytes, offset, length);
        count(Math.max(0, n));
        return n;
    }

    private void count(int n) throws Exceeded {
        left -= n;
        if (left < 0) {
            throw new Exceeded();
        }
    }
}
