// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.model;

import dev.assay.sdk.agents.Interruptible;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** A stream that fails when nothing comes for too long: whoever sends it may be gone without a word. */
final class ImpatientStream extends FilterInputStream {

    private final Duration longest;

    ImpatientStream(InputStream in, Duration longest) {
        super(in);
        this.longest = longest;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int from, int length) throws IOException {
        try {
            return Interruptible.call(() -> in.read(into, from, length), longest, Duration.ZERO);
        } catch (TimeoutException e) {
            throw new IOException("nothing came for " + longest.toSeconds() + " seconds", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }
}
