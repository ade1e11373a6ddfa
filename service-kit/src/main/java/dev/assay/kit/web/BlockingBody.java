// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.web;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;

/** A body made of another one. It is read by blocking, and in pieces: what reads it says only how. */
abstract class BlockingBody extends ServletInputStream {

    final ServletInputStream in;

    BlockingBody(ServletInputStream in) {
        this.in = in;
    }

    @Override
    public abstract int read(byte[] buffer, int offset, int length) throws IOException;

    @Override
    public final int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public final boolean isFinished() {
        return in.isFinished();
    }

    @Override
    public final boolean isReady() {
        return in.isReady();
    }

    @Override
    public final void setReadListener(ReadListener listener) {
        throw new UnsupportedOperationException("bodies are read by blocking");
    }
}
