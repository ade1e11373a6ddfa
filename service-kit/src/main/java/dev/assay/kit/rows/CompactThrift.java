// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.rows;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/** A struct in Thrift's compact protocol, which Parquet's own descriptions are written in: fields by ascending numbers. */
final class CompactThrift {

    private static final int I32 = 5;
    private static final int I64 = 6;
    private static final int BINARY = 8;
    private static final int LIST = 9;
    private static final int STRUCT = 12;
    private static final int SHORT_LIST = 15;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Deque<Integer> outer = new ArrayDeque<>();
    private int last;

    static byte[] struct(Consumer<CompactThrift> fields) {
        var thrift = new CompactThrift();
        thrift.fill(fields);
        return thrift.bytes.toByteArray();
    }

    private void fill(Consumer<CompactThrift> fields) {
        outer.push(last);
        last = 0;
        fields.accept(this);
        bytes.write(0);
        last = outer.pop();
    }

    CompactThrift i32(int field, int value) {
        head(field, I32);
        return zigzag(value);
    }

    CompactThrift i64(int field, long value) {
        head(field, I64);
        return zigzag(value);
    }

    CompactThrift text(int field, String value) {
        head(field, BINARY);
        return text(value);
    }

    CompactThrift struct(int field, Consumer<CompactThrift> fields) {
        head(field, STRUCT);
        fill(fields);
        return this;
    }

    <T> CompactThrift structs(int field, List<T> elements, Element<T> fields) {
        list(field, STRUCT, elements.size());
        elements.forEach(element -> fill(inner -> fields.accept(inner, element)));
        return this;
    }

    CompactThrift texts(int field, List<String> elements) {
        list(field, BINARY, elements.size());
        elements.forEach(this::text);
        return this;
    }

    CompactThrift i32s(int field, int... elements) {
        list(field, I32, elements.length);
        for (int element : elements) {
            zigzag(element);
        }
        return this;
    }

    /** Writes the fields of one element. */
    interface Element<T> {
        void accept(CompactThrift thrift, T element);
    }

    private void head(int field, int type) {
        bytes.write(field - last << 4 | type);
        last = field;
    }

    private void list(int field, int type, int size) {
        head(field, LIST);
        if (size < SHORT_LIST) {
            bytes.write(size << 4 | type);
        } else {
            bytes.write(0xF0 | type);
            varint(bytes, size);
        }
    }

    private CompactThrift text(String value) {
        var utf8 = value.getBytes(StandardCharsets.UTF_8);
        varint(bytes, utf8.length);
        bytes.writeBytes(utf8);
        return this;
    }

    private CompactThrift zigzag(long value) {
        varint(bytes, value << 1 ^ value >> 63);
        return this;
    }

    /** Seven bits a byte, the lowest first. */
    static void varint(ByteArrayOutputStream to, long value) {
        while ((value & ~0x7FL) != 0) {
            to.write((int) (value & 0x7F | 0x80));
            value >>>= 7;
        }
        to.write((int) value);
    }
}
