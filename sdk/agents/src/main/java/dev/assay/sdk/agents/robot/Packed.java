// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;

/**
 * Messages as OpenPI's client and the published client write them: MessagePack, with numpy's arrays and numbers as maps whose keys are
 * bytes. Values are null, {@link Boolean}, {@link Long}, {@link Double}, {@link String}, {@code byte[]}, {@link List}, {@link Map} by text,
 * {@link NdArray} and {@link NumpyNumber}.
 */
final class Packed {

    private static final int DEEPEST = 64;

    /** More than anybody's, and less than would be hard to hold: an empty map takes one byte there and fifty here. */
    private static final int MOST_VALUES = 1 << 20;

    /** What stands before a key of bytes, as Python shows such a key. */
    private static final String BYTES = "b'";

    private static final String ARRAY = BYTES + "__ndarray__";
    private static final String NUMBER = BYTES + "__npgeneric__";
    private static final String DATA = BYTES + "data";
    private static final String DTYPE = BYTES + "dtype";
    private static final String SHAPE = BYTES + "shape";

    private Packed() {}

    /**
     * A single number that remembers how numpy kept it.
     *
     * @param value a {@link Long}, {@link Double} or {@link Boolean}
     */
    record NumpyNumber(Object value, String dtype) {}

    static byte[] pack(@Nullable Object value) {
        try (var packer = MessagePack.newDefaultBufferPacker()) {
            pack(packer, value);
            return packer.toByteArray();
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void pack(MessageBufferPacker packer, @Nullable Object value) throws IOException {
        switch (value) {
            case null -> packer.packNil();
            case Boolean flag -> packer.packBoolean(flag);
            case Long number -> packer.packLong(number);
            case Double number -> packer.packDouble(number);
            case String text -> packer.packString(text);
            case byte[] bytes -> bytes(packer, bytes);
            case List<?> list -> {
                packer.packArrayHeader(list.size());
                for (var item : list) {
                    pack(packer, item);
                }
            }
            case Map<?, ?> map -> {
                packer.packMapHeader(map.size());
                for (var entry : map.entrySet()) {
                    packer.packString((String) entry.getKey());
                    pack(packer, entry.getValue());
                }
            }
            case NdArray array -> {
                packer.packMapHeader(4);
                member(packer, ARRAY, true);
                member(packer, DATA, array.data());
                member(packer, DTYPE, array.dtype());
                key(packer, SHAPE);
                packer.packArrayHeader(array.rank());
                for (int length : array.shape()) {
                    packer.packInt(length);
                }
            }
            case NumpyNumber number -> {
                packer.packMapHeader(3);
                member(packer, NUMBER, true);
                member(packer, DATA, number.value());
                member(packer, DTYPE, number.dtype());
            }
            default -> throw new IllegalArgumentException("nothing that a message holds: " + value.getClass());
        }
    }

    private static void member(MessageBufferPacker packer, String name, Object value) throws IOException {
        key(packer, name);
        pack(packer, value);
    }

    private static void key(MessageBufferPacker packer, String name) throws IOException {
        bytes(packer, name.substring(BYTES.length()).getBytes(StandardCharsets.US_ASCII));
    }

    private static void bytes(MessageBufferPacker packer, byte[] bytes) throws IOException {
        packer.packBinaryHeader(bytes.length);
        packer.writePayload(bytes);
    }

    /** @throws IOException if that is no such message, or goes deeper or holds more values than anybody's */
    static @Nullable Object unpack(byte[] message) throws IOException {
        try (var unpacker = MessagePack.newDefaultUnpacker(message)) {
            var value = new Reader(unpacker, message.length).value(0);
            if (unpacker.hasNext()) {
                throw new IOException("a message with something after its end");
            }
            return value;
        } catch (MessagePackException e) {
            throw new IOException("no MessagePack: " + e.getMessage(), e);
        }
    }

    /** One message. Nothing is made room for that it does not hold. */
    private static final class Reader {

        private final MessageUnpacker unpacker;
        private final int length;
        private int values;

        Reader(MessageUnpacker unpacker, int length) {
            this.unpacker = unpacker;
            this.length = length;
        }

        @Nullable Object value(int depth) throws IOException {
            if (depth > DEEPEST) {
                throw new IOException("a message that is deeper than " + DEEPEST);
            }
            if (++values > MOST_VALUES) {
                throw new IOException("a message of more than " + MOST_VALUES + " values");
            }
            return switch (unpacker.getNextFormat().getValueType()) {
                case NIL -> {
                    unpacker.unpackNil();
                    yield null;
                }
                case BOOLEAN -> unpacker.unpackBoolean();
                case INTEGER -> {
                    var number = unpacker.unpackBigInteger();
                    yield number.bitLength() < Long.SIZE ? (Object) number.longValue() : (Object) number.doubleValue();
                }
                case FLOAT -> unpacker.unpackDouble();
                case STRING -> new String(payload(unpacker.unpackRawStringHeader()), StandardCharsets.UTF_8);
                case BINARY -> payload(unpacker.unpackBinaryHeader());
                case ARRAY -> {
                    int size = within(unpacker.unpackArrayHeader());
                    var list = new ArrayList<@Nullable Object>();
                    for (int i = 0; i < size; i++) {
                        list.add(value(depth + 1));
                    }
                    yield list;
                }
                case MAP -> {
                    int size = within(unpacker.unpackMapHeader());
                    var map = new LinkedHashMap<String, @Nullable Object>();
                    for (int i = 0; i < size; i++) {
                        map.put(key(value(depth + 1)), value(depth + 1));
                    }
                    yield numpy(map);
                }
                case EXTENSION -> throw new IOException("a message with a value of a kind of its own");
            };
        }

        private int within(int size) throws IOException {
            if (size < 0 || size > length - unpacker.getTotalReadBytes()) {
                throw new IOException("a message that ends too early");
            }
            return size;
        }

        private byte[] payload(int size) throws IOException {
            return unpacker.readPayload(within(size));
        }
    }

    private static String key(@Nullable Object key) throws IOException {
        return switch (key) {
            case String text -> text;
            case byte[] bytes -> BYTES + new String(bytes, StandardCharsets.ISO_8859_1);
            case null, default -> throw new IOException("a map with a key that is neither text nor bytes");
        };
    }

    private static Object numpy(Map<String, @Nullable Object> map) throws IOException {
        if (map.containsKey(ARRAY)) {
            if (map.get(DATA) instanceof byte[] data && map.get(DTYPE) instanceof String dtype
                    && map.get(SHAPE) instanceof List<?> lengths) {
                var shape = new int[lengths.size()];
                for (int i = 0; i < shape.length; i++) {
                    shape[i] = lengths.get(i) instanceof Long one && one >= 0 && one <= Integer.MAX_VALUE ? one.intValue() : -1;
                }
                return NdArray.of(dtype, shape, data);
            }
            throw new IOException("an array without data, dtype or shape");
        }
        if (map.containsKey(NUMBER)) {
            if (map.get(DATA) instanceof Object value && !(value instanceof String) && map.get(DTYPE) instanceof String dtype) {
                return new NumpyNumber(value, dtype);
            }
            throw new IOException("a number without data or dtype");
        }
        return map;
    }
}
