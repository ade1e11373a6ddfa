// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.tinker;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes a message of Protocol Buffers, field by field (protobuf.dev/programming-guides/encoding). */
final class ProtoWriter {

    private static final int NUMBER = 0;
    private static final int BYTES = 2;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    ProtoWriter put(int field, long number) {
        varint((long) field << 3 | NUMBER);
        varint(number);
        return this;
    }

    ProtoWriter put(int field, byte[] bytes) {
        varint((long) field << 3 | BYTES);
        varint(bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    ProtoWriter put(int field, String text) {
        return put(field, text.getBytes(StandardCharsets.UTF_8));
    }

    ProtoWriter put(int field, ProtoWriter message) {
        return put(field, message.bytes());
    }

    byte[] bytes() {
        return out.toByteArray();
    }

    /** As they lie in a tensor. */
    static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void varint(long number) {
        var left = number;
        while ((left & ~0x7fL) != 0) {
            out.write((int) (left & 0x7f | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
    }
}
