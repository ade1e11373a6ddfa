// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.dialect;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A request's body as it came. What goes on is made of slices of it: a body is never copied as a whole.
 *
 * @param bytes holds the body from its beginning; what is behind {@code length} is none of it
 */
public record Body(byte[] bytes, int length) {

    public static Body of(byte[] bytes) {
        return new Body(bytes, bytes.length);
    }

    /**
     * Bytes that are put in place of others.
     *
     * @param from the first byte that goes, counted from the body's beginning
     * @param to the first byte behind it that stays; {@code from} where something is put in between
     */
    public record Splice(int from, int to, byte[] by) {}

    /**
     * A body as it is sent on.
     *
     * @param parts in order
     * @param length of all of them
     */
    public record Spliced(List<ByteBuffer> parts, int length) {

        /** What was made anew as a whole. */
        public static Spliced whole(byte[] bytes) {
            return new Spliced(List.of(ByteBuffer.wrap(bytes)), bytes.length);
        }
    }

    /** @param splices in order, none over another */
    public Spliced with(List<Splice> splices) {
        var parts = new ArrayList<ByteBuffer>(2 * splices.size() + 1);
        var all = length;
        var at = 0;
        for (var splice : splices) {
            if (splice.from() < at || splice.to() < splice.from() || splice.to() > length) {
                throw new IllegalArgumentException("splices have to be in order and within the body");
            }
            parts.add(ByteBuffer.wrap(bytes, at, splice.from() - at));
            parts.add(ByteBuffer.wrap(splice.by()));
            all += splice.by().length - (splice.to() - splice.from());
            at = splice.to();
        }
        parts.add(ByteBuffer.wrap(bytes, at, length - at));
        return new Spliced(List.copyOf(parts), all);
    }
}
