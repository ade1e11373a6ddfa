// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.rows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.POJONode;

/**
 * A column of the rows that are gathered: a member of each, or one of a member's members, which may be null or absent; or a list of
 * numbers, which may not.
 */
public final class ParquetColumn {

    /** Of its values. */
    public enum Type {
        INT(1), LONG(2), FLOAT(4), DOUBLE(5), TEXT(6);

        /** Parquet's own number of it. */
        final int number;

        Type(int number) {
            this.number = number;
        }
    }

    final List<String> path;
    final Type type;
    final boolean list;
    private final ByteArrayOutputStream values = new ByteArrayOutputStream();
    private final Levels defined = new Levels();
    private final Levels repeated = new Levels();
    private int count;

    private ParquetColumn(List<String> path, Type type, boolean list) {
        this.path = path;
        this.type = type;
        this.list = list;
    }

    public static ParquetColumn list(String name, Type type) {
        return new ParquetColumn(List.of(name), type, true);
    }

    public static ParquetColumn one(Type type, String... path) {
        return new ParquetColumn(List.of(path), type, false);
    }

    int size() {
        return values.size() + defined.size() + repeated.size();
    }

    /** How many values there are, those that are null among them. */
    int count() {
        return count;
    }

    void add(JsonNode row) {
        var value = row;
        for (var name : path) {
            value = value.path(name);
        }
        if (!list) {
            boolean is = !value.isNull() && !value.isMissingNode();
            defined.add(is ? 1 : 0);
            count++;
            if (is) {
                put(value);
            }
            return;
        }
        switch (((POJONode) value).getPojo()) {
            case int[] ids -> {
                levels(ids.length);
                for (int id : ids) {
                    put(4, buffer -> buffer.putInt(id));
                }
            }
            case float[] numbers -> {
                levels(numbers.length);
                for (float number : numbers) {
                    put(4, buffer -> buffer.putFloat(number));
                }
            }
            default -> throw new IllegalStateException(path + " is no list of numbers");
        }
    }

    /** Of a list that begins a row, and goes on. An empty one is a place without a value. */
    private void levels(int length) {
        for (int at = 0; at < Math.max(1, length); at++) {
            repeated.add(at == 0 ? 0 : 1);
            defined.add(length == 0 ? 0 : 1);
            count++;
        }
    }

    private void put(JsonNode value) {
        switch (type) {
            case INT -> put(4, buffer -> buffer.putInt(value.intValue()));
            case LONG -> put(8, buffer -> buffer.putLong(value.longValue()));
            case FLOAT -> put(4, buffer -> buffer.putFloat(value.floatValue()));
            case DOUBLE -> put(8, buffer -> buffer.putDouble(value.doubleValue()));
            case TEXT -> {
                // what has members of its own stands as JSON
                var utf8 = (value.isContainer() ? value.toString() : value.asString()).getBytes(StandardCharsets.UTF_8);
                put(4, buffer -> buffer.putInt(utf8.length));
                values.writeBytes(utf8);
            }
        }
    }

    private void put(int size, Consumer<ByteBuffer> writing) {
        var buffer = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        writing.accept(buffer);
        values.writeBytes(buffer.array());
    }

    /** @param plain how large it is unpacked */
    record Page(byte[] packed, int plain) {}

    /** All that was added, after which there is nothing. */
    Page page() {
        var plain = new ByteArrayOutputStream();
        if (list) {
            repeated.writeTo(plain);
        }
        defined.writeTo(plain);
        plain.writeBytes(values.toByteArray());
        values.reset();
        count = 0;
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            plain.writeTo(gzip);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Page(packed.toByteArray(), plain.size());
    }

    /** Zeros and ones, as how often each comes one behind the other. */
    private static final class Levels {

        private final ByteArrayOutputStream runs = new ByteArrayOutputStream();
        private int level;
        private int length;

        void add(int next) {
            if (next != level) {
                end();
                level = next;
            }
            length++;
        }

        public static ParquetColumn list(String name, Type type) {
        return new ParquetColumn(List.of(name), type, true);
    }

    public static ParquetColumn one(Type type, String... path) {
        return new ParquetColumn(List.of(path), type, false);
    }

    int size() {
            return runs.size();
        }

        private void end() {
            if (length > 0) {
                CompactThrift.varint(runs, (long) length << 1);
                runs.write(level);
            }
            length = 0;
        }

        void writeTo(ByteArrayOutputStream page) {
            end();
            page.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(runs.size()).array());
            page.writeBytes(runs.toByteArray());
            runs.reset();
        }
    }
}
