// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Cuts a byte stream into lines without ever holding more than one line's limit. */
public final class FrameReader {

    private final InputStream in;
    private final int limit;
    private final byte[] chunk = new byte[64 * 1024];
    private int from;
    private int to;

    /** With the control channel's limit. */
    public FrameReader(InputStream in) {
        this(in, Frames.LIMIT);
    }

    /** @param limit bytes of one line, the newline not counted */
    public FrameReader(InputStream in, int limit) {
        this.in = in;
        this.limit = limit;
    }

    /** The next line without its newline; the last one may lack it. Null at the end of the stream. */
    public byte @Nullable [] next() throws IOException {
        var line = new ByteArrayOutputStream();
        while (true) {
            if (from == to && !fill()) {
                return line.size() == 0 ? null : line.toByteArray();
            }
            int newline = newline();
            int size = line.size() + (newline < 0 ? to : newline) - from;
            if (size > limit) {
                throw new FrameTooLargeException(newline < 0
                        ? "Control-channel frame exceeds the limit of " + limit + " bytes (received at least " + size + " bytes)."
                        : "Control-channel frame is " + size + " bytes; limit is " + limit + " bytes.");
            }
            if (newline >= 0) {
                line.write(chunk, from, newline - from);
                from = newline + 1;
                return line.toByteArray();
            }
            line.write(chunk, from, to - from);
            from = to;
        }
    }

    /** What follows the frames read so far, as raw bytes. Its end does not close the stream below, whose socket may still be written. */
    InputStream rest() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                return from < to || fill() ? chunk[from++] & 0xff : -1;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (length == 0) {
                    return 0;
                }
                if (from == to && !fill()) {
                    return -1;
                }
                int count = Math.min(length, to - from);
                System.arraycopy(chunk, from, target, offset, count);
                from += count;
                return count;
            }
        };
    }

    private boolean fill() throws IOException {
        from = 0;
        to = Math.max(0, in.read(chunk));
        return to > 0;
    }

    private int newline() {
        for (int at = from; at < to; at++) {
            if (chunk[at] == '\n') {
                return at;
            }
        }
        return -1;
    }
}
