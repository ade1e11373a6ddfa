// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.tinker;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes a message of Protocol Buffers, field by field. */
final class ProtoWriter {

    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private final CodedOutputStream out = CodedOutputStream.newInstance(written);

    ProtoWriter put(int field, long number) {
        try {
            out.writeUInt64(field, number);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ProtoWriter put(int field, byte[] bytes) {
        try {
            out.writeByteArray(field, bytes);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ProtoWriter put(int field, String text) {
        return put(field, text.getBytes(StandardCharsets.UTF_8));
    }

    ProtoWriter put(int field, ProtoWriter message) {
        return put(field, message.bytes());
    }

    byte[] bytes() {
        try {
            out.flush();
            return written.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As they lie in a tensor. */
    static ByteBuffer little(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
