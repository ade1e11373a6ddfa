// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Counts what is read of a web socket since the last whole message: the library would gather one of any size. */
public final class MessageMeter {

    private final String whose;
    private final long longest;
    private volatile long read;

    /**
     * @param whose messages these are, for people: {@code the browser}
     * @param longest in bytes
     */
    public MessageMeter(String whose, long longest) {
        this.whose = whose;
        this.longest = longest;
    }

    /** A message came whole. */
    public void reset() {
        read = 0;
    }

    /** The same bytes; more than the longest of one message end the connection. */
    InputStream on(InputStream in) {
        return new FilterInputStream(in) {
            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                int count = super.read(into, offset, length);
                read += Math.max(0, count);
                if (read > longest) {
                    throw new IOException("a message of " + whose + " is longer than " + longest + " bytes");
                }
                return count;
            }
        };
    }
}
