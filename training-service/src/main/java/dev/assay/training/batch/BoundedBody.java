// SPDX-License-Identifier: Apache-2.0

package dev.assay.training.batch;

import dev.assay.kit.problem.Problem;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A body of which no more is read than is taken. */
final class BoundedBody extends FilterInputStream {

    private final long largest;
    private long read;

    BoundedBody(InputStream body, long largest) {
        super(body);
        this.largest = largest;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int got = super.read(buffer, offset, length);
        read += Math.max(0, got);
        if (read > largest) {
            throw Problem.tooLarge("body: larger than the " + largest + " bytes that are taken here");
        }
        return got;
    }
}
