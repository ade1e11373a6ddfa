// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.modal;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.UnknownFieldSet.Field;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A message of protocol buffers by the numbers of its fields, which {@link Protocol} has names for. What is absent reads as nothing: an empty text,
 * 0, a message without fields.
 */
final class Fields {

    static final Marshaller<Fields> MARSHALLER = new Marshaller<>() {

        @Override
        public InputStream stream(Fields fields) {
            return fields.set.toByteString().newInput();
        }

        @Override
        public Fields parse(InputStream stream) {
            try {
                return new Fields(UnknownFieldSet.parseFrom(stream));
            } catch (IOException e) {
                throw Status.INTERNAL.withDescription("a message that is none").withCause(e).asRuntimeException();
            }
        }
    };

    private UnknownFieldSet set;

    Fields() {
        this(UnknownFieldSet.getDefaultInstance());
    }

    private Fields(UnknownFieldSet set) {
        this.set = set;
    }

    private Fields with(int number, Field.Builder field) {
        set = set.toBuilder().mergeField(number, field.build()).build();
        return this;
    }

    Fields bytes(int number, ByteString value) {
        return with(number, Field.newBuilder().addLengthDelimited(value));
    }

    /** One more, where there may be several. */
    Fields text(int number, String value) {
        return bytes(number, ByteString.copyFromUtf8(value));
    }

    Fields texts(int number, List<String> values) {
        values.forEach(value -> text(number, value));
        return this;
    }

    /** One more, where there may be several. */
    Fields message(int number, Fields value) {
        return bytes(number, value.set.toByteString());
    }

    Fields map(int number, Map<String, String> values) {
        values.forEach((key, value) -> message(number, new Fields().text(1, key).text(2, value)));
        return this;
    }

    Fields number(int number, long value) {
        return with(number, Field.newBuilder().addVarint(value));
    }

    /** Of type {@code float}. */
    Fields single(int number, float value) {
        return with(number, Field.newBuilder().addFixed32(Float.floatToIntBits(value)));
    }

    /** Of type {@code double}. */
    Fields real(int number, double value) {
        return with(number, Field.newBuilder().addFixed64(Double.doubleToLongBits(value)));
    }

    boolean has(int number) {
        return set.hasField(number);
    }

    ByteString bytes(int number) {
        var all = set.getField(number).getLengthDelimitedList();
        return all.isEmpty() ? ByteString.EMPTY : all.getLast();
    }

    String text(int number) {
        return bytes(number).toStringUtf8();
    }

    List<String> texts(int number) {
        return set.getField(number).getLengthDelimitedList().stream().map(ByteString::toStringUtf8).toList();
    }

    Fields message(int number) {
        return read(bytes(number));
    }

    List<Fields> messages(int number) {
        return set.getField(number).getLengthDelimitedList().stream().map(Fields::read).toList();
    }

    Map<String, String> map(int number) {
        return messages(number).stream().collect(Collectors.toMap(entry -> entry.text(1), entry -> entry.text(2)));
    }

    long number(int number) {
        var all = set.getField(number).getVarintList();
        return all.isEmpty() ? 0 : all.getLast();
    }

    double real(int number) {
        var all = set.getField(number).getFixed64List();
        return all.isEmpty() ? 0 : Double.longBitsToDouble(all.getLast());
    }

    private static Fields read(ByteString bytes) {
        try {
            return new Fields(UnknownFieldSet.parseFrom(bytes));
        } catch (InvalidProtocolBufferException e) {
            throw Status.INTERNAL.withDescription("a message that is none").withCause(e).asRuntimeException();
        }
    }
}
