// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.tinker;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads a message of Protocol Buffers, field by field. What nobody asks for is passed over. */
final class ProtoReader {

    private final CodedInputStream in;
    private int field;
    private long number;
    private ByteBuffer bytes = ByteBuffer.allocate(0);

    ProtoReader(ByteBuffer message) {
        in = CodedInputStream.newInstance(message);
    }

    /** @return whether there was another field */
    boolean next() throws IOException {
        try {
            int tag = in.readTag();
            if (tag == 0) {
                return false;
            }
            field = WireFormat.getTagFieldNumber(tag);
            switch (WireFormat.getTagWireType(tag)) {
                case WireFormat.WIRETYPE_VARINT -> number = in.readRawVarint64();
                case WireFormat.WIRETYPE_LENGTH_DELIMITED -> bytes = in.readByteBuffer();
                default -> in.skipField(tag);
            }
            return true;
        } catch (InvalidProtocolBufferException e) {
            throw new IOException("the service's answer holds no message, or breaks off: " + e.getMessage(), e);
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
}
