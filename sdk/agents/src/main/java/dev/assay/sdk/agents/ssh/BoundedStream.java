// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.ssh;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Keeps the first and the last bytes of a stream: a command that never stops writing must not fill the memory. */
final class BoundedStream extends OutputStream {

    private static final byte[] MARK = ShellText.MARKER.getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NOTHING = {};

    private final int each;
    private final ByteArrayOutputStream head = new ByteArrayOutputStream();
    private byte[] ring = new byte[0];
    private long total;

    /** @param each how many bytes to keep of the beginning, and as many of the end */
    BoundedStream(int each) {
        this.each = each;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        var toHead = Math.min(length, each - head.size());
        head.write(bytes, offset, toHead);
        for (var i = offset + toHead; i < offset + length; i++) {
            var position = (int) ((total + i - offset - each) % each);
            if (position >= ring.length) {
                ring = Arrays.copyOf(ring, Math.min(each, Math.max(64 * 1024, ring.length * 2)));
            }
            ring[position] = bytes[i];
        }
        total += length;
    }

    synchronized boolean complete() {
        return total <= 2L * each;
    }

    /** All bytes, or the first and the last ones with a mark between. */
    synchronized byte[] bytes() {
        var first = head.toByteArray();
        var tail = (int) Math.min(each, total - first.length);
        var mark = complete() ? NOTHING : MARK;
        var all = Arrays.copyOf(first, first.length + mark.length + tail);
        System.arraycopy(mark, 0, all, first.length, mark.length);
        var oldest = complete() ? 0 : (int) ((total - each) % each);
        System.arraycopy(ring, oldest, all, first.length + mark.length, tail - oldest);
        System.arraycopy(ring, 0, all, all.length - oldest, oldest);
        return all;
    }
}
