// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.tinker;

import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads a message of Protocol Buffers, field by field. What nobody asks for is passed over. */
final class ProtoReader {

    private static final int NUMBER = 0;
    private static final int EIGHT_BYTES = 1;
    private static final int BYTES = 2;
    private static final int FOUR_BYTES = 5;

    private final ByteBuffer in;
    private int field;
    private long number;
    private ByteBuffer bytes = ByteBuffer.allocate(0);

    ProtoReader(ByteBuffer in) {
        this.in = in;
    }

    /** @return whether there was another field */
    boolean next() throws IOException {
        if (!in.hasRemaining()) {
            return false;
        }
        try {
            var tag = varint();
            field = (int) (tag >>> 3);
            switch ((int) (tag & 7)) {
                case NUMBER -> number = varint();
                case EIGHT_BYTES -> number = slice(8).getLong();
                case FOUR_BYTES -> number = slice(4).getInt();
                case BYTES -> bytes = slice(varint());
                default -> throw new IOException("the service's answer holds no message: it has a field of kind " + (tag & 7));
            }
            return true;
        } catch (BufferUnderflowException e) {
            throw new IOException("the service's answer breaks off", e);
        }
    }

    int field() {
        return field;
    }

    long number() {
        return number;
    }

    /** Numbers in it are little-endian. */
    ByteBuffer bytes() {
        return bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    String text() {
        return StandardCharsets.UTF_8.decode(bytes()).toString();
    }

    ProtoReader message() {
        return new ProtoReader(bytes());
    }

    private ByteBuffer slice(long length) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        var slice = in.slice(in.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + (int) length);
        return slice;
    }

    private long varint() {
        long read = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            var one = in.get();
            read |= (long) (one & 0x7f) << shift;
            if (one >= 0) {
                return read;
            }
        }
        throw new BufferUnderflowException();
    }
}
