// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.ssh;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;

/** Keeps the first and the last bytes of a stream: a command that never stops writing must not fill the memory. */
final class BoundedStream extends OutputStream {

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
                ring = java.util.Arrays.copyOf(ring, Math.min(each, Math.max(64 * 1024, ring.length * 2)));
            }
            ring[position] = bytes[i];
        }
        total += length;
    }

    synchronized boolean complete() {
        return total <= 2L * each;
    }

    /** All bytes, or the first and the last ones with nothing between. */
    synchronized byte[] bytes() {
        var tail = (int) Math.min(each, total - head.size());
        var result = new byte[head.size() + tail];
        System.arraycopy(head.toByteArray(), 0, result, 0, head.size());
        var first = complete() ? 0 : (int) ((total - each) % each);
        for (var i = 0; i < tail; i++) {
            result[head.size() + i] = ring[(first + i) % each];
        }
        return result;
    }
}
