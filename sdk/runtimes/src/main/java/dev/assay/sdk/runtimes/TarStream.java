// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a tar archive (ustar, PAX and GNU long names) member by member. Every length it reads is checked: the archive is a stranger's. */
final class TarStream {

    private static final int BLOCK = 512;
    private static final int LONGEST_HEADER = 1 << 20;

    private final InputStream in;
    private long remaining;
    private long padding;

    TarStream(InputStream in) {
        this.in = in;
    }

    /** The next member, or null after the last. */
    @Nullable TarEntry next() throws IOException {
        Map<String, String> extended = new HashMap<>();
        while (true) {
            in.skipNBytes(remaining + padding);
            remaining = 0;
            padding = 0;
            var header = in.readNBytes(BLOCK);
            if (header.length == 0 || isZero(header)) {
                return null;
            }
            if (header.length < BLOCK || !checksumHolds(header)) {
                throw new IOException("the archive is damaged");
            }
            var type = header[156] == 0 ? '0' : (char) header[156];
            long size = number(header, 124, 12);
            open(size);
            switch (type) {
                case 'x' -> extended.putAll(records(content(size)));
                case 'g' -> content(size);
                case 'L' -> extended.put("path", text(content(size)));
                case 'K' -> extended.put("linkpath", text(content(size)));
                default -> {
                    return entry(header, type, size, extended);
                }
            }
        }
    }

    /** The current member's content; reading it to the end is not required. */
    InputStream content() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                var one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) throws IOException {
                if (remaining == 0) {
                    return -1;
                }
                int count = in.read(buffer, offset, (int) Math.min(length, remaining));
                if (count < 0) {
                    throw new IOException("the archive ends in the middle of a file");
                }
                remaining -= count;
                return count;
            }
        };
    }

    private TarEntry entry(byte[] header, char type, long size, Map<String, String> extended) throws IOException {
        var name = extended.get("path");
        if (name == null) {
            var prefix = isUstar(header) ? field(header, 345, 155) : "";
            name = prefix.isEmpty() ? field(header, 0, 100) : prefix + "/" + field(header, 0, 100);
        }
        var link = extended.getOrDefault("linkpath", field(header, 157, 100));
        if (extended.containsKey("size")) {
            try {
                size = Long.parseLong(extended.get("size"));
            } catch (NumberFormatException e) {
                throw new IOException("the archive is damaged", e);
            }
            open(size);
        }
        return new TarEntry(name, type, link, size, (int) number(header, 100, 8) & 0777);
    }

    private void open(long size) throws IOException {
        if (size < 0) {
            throw new IOException("the archive is damaged");
        }
        remaining = size;
        padding = (BLOCK - size % BLOCK) % BLOCK;
    }

    private byte[] content(long size) throws IOException {
        if (size > LONGEST_HEADER) {
            throw new IOException("the archive has an oversized header");
        }
        var bytes = content().readNBytes((int) size);
        if (bytes.length < size) {
            throw new IOException("the archive ends in the middle of a header");
        }
        return bytes;
    }

    /** PAX: {@code <length> <key>=<value>\n}, again and again. */
    private static Map<String, String> records(byte[] bytes) throws IOException {
        Map<String, String> records = new HashMap<>();
        int at = 0;
        while (at < bytes.length) {
            int blank = at;
            int length = 0;
            while (blank < bytes.length && bytes[blank] >= '0' && bytes[blank] <= '9' && length < LONGEST_HEADER) {
                length = length * 10 + bytes[blank++] - '0';
            }
            int end = at + length;
            if (blank >= bytes.length || bytes[blank] != ' ' || end > bytes.length || end <= blank + 1) {
                throw new IOException("the archive is damaged");
            }
            var record = new String(bytes, blank + 1, end - blank - 2, StandardCharsets.UTF_8);
            int equals = record.indexOf('=');
            if (equals > 0) {
                records.put(record.substring(0, equals), record.substring(equals + 1));
            }
            at = end;
        }
        return records;
    }

    private static long number(byte[] header, int offset, int length) throws IOException {
        if ((header[offset] & 0x80) != 0) {
            long value = header[offset] & 0x7f;
            for (int i = offset + 1; i < offset + length; i++) {
                if (value >>> 55 != 0) {
                    throw new IOException("the archive is damaged");
                }
                value = value << 8 | header[i] & 0xff;
            }
            return value;
        }
        var digits = field(header, offset, length).strip();
        try {
            return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
        } catch (NumberFormatException e) {
            throw new IOException("the archive is damaged", e);
        }
    }

    private static boolean checksumHolds(byte[] header) throws IOException {
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
        }
        return sum == number(header, 148, 8);
    }

    private static boolean isUstar(byte[] header) {
        return field(header, 257, 6).equals("ustar");
    }

    private static boolean isZero(byte[] block) {
        for (var value : block) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    private static String text(byte[] bytes) {
        return field(bytes, 0, bytes.length);
    }

    private static String field(byte[] bytes, int offset, int length) {
        int end = offset;
        while (end < offset + length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, offset, end - offset, StandardCharsets.UTF_8);
    }
}
