// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.context;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The name of an entry, and what it links to, as they stand in the archive, byte for byte: a file system takes any bytes for a name, and
 * the library that reads the archive makes one and the same letter of all that is no UTF-8. Each character here is one byte.
 */
record EntryNames(String name, String link) {

    private static final int BLOCK = 512;

    /** What archives agree on, and we read: where a header keeps what, and what the extended ones before it are called. */
    private static final int NAME = 0;
    private static final int NAME_LENGTH = 100;
    private static final int SIZE = 124;
    private static final int SIZE_LENGTH = 12;
    private static final int TYPE = 156;
    private static final int LINK = 157;
    private static final int MAGIC = 257;
    private static final int PREFIX = 345;
    private static final int PREFIX_LENGTH = 155;

    /**
     * @param header the entry's blocks up to its content: its own header, and the extended ones that stand before it
     * @param type of the entry, as the library has read it: whoever sees another sees another archive
     */
    static EntryNames of(byte[] header, byte type) throws ContextRefused {
        String longName = null;
        String longLink = null;
        String paxName = null;
        String paxLink = null;
        int at = 0;
        while (at + BLOCK < header.length) {
            int from = at + BLOCK;
            long size = octal(header, at + SIZE, SIZE_LENGTH);
            if (size < 0 || size > header.length - from) {
                throw ambiguous();
            }
            int to = from + (int) size;
            switch (header[at + TYPE]) {
                case 'L' -> longName = text(header, from, (int) size);
                case 'K' -> longLink = text(header, from, (int) size);
                case 'x', 'X' -> {
                    paxName = extended(header, from, to, "path", paxName);
                    paxLink = extended(header, from, to, "linkpath", paxLink);
                }
                case 'g' -> {
                    if (extended(header, from, to, "path", null) != null || extended(header, from, to, "linkpath", null) != null) {
                        throw new ContextRefused("has one name for many entries in a global header");
                    }
                }
                default -> throw ambiguous();
            }
            at = from + ((int) size + BLOCK - 1) / BLOCK * BLOCK;
        }
        if (at + BLOCK != header.length || header[at + TYPE] != type) {
            throw ambiguous();
        }
        var name = paxName != null ? paxName : longName != null ? longName : ownName(header, at);
        var link = paxLink != null ? paxLink : longLink != null ? longLink : text(header, at + LINK, NAME_LENGTH);
        return new EntryNames(name, link);
    }

    private static String ownName(byte[] header, int at) {
        var name = text(header, at + NAME, NAME_LENGTH);
        var posix = new String(header, at + MAGIC, 6, StandardCharsets.ISO_8859_1).equals("ustar\0");
        var prefix = posix ? text(header, at + PREFIX, PREFIX_LENGTH) : "";
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    /** Up to the first NUL. */
    private static String text(byte[] header, int from, int length) {
        int end = from;
        while (end < from + length && header[end] != 0) {
            end++;
        }
        return new String(header, from, end - from, StandardCharsets.ISO_8859_1);
    }

    /** A small number; less than 0 if it is none. */
    private static long octal(byte[] header, int from, int length) {
        long value = 0;
        for (var digit : text(header, from, length).strip().toCharArray()) {
            if (digit < '0' || digit > '7' || value > Integer.MAX_VALUE) {
                return -1;
            }
            value = value * 8 + (digit - '0');
        }
        return value;
    }

    /** The last value of a key in records {@code <length> <key>=<value>\n}; one that is empty takes back those before it. */
    private static @Nullable String extended(byte[] header, int from, int to, String key, @Nullable String before) throws ContextRefused {
        var wanted = (key + "=").getBytes(StandardCharsets.US_ASCII);
        var found = before;
        for (int at = from; at < to && header[at] != 0; ) {
            int space = at;
            int length = 0;
            while (space < to && header[space] >= '0' && header[space] <= '9' && length <= to) {
                length = length * 10 + (header[space++] - '0');
            }
            if (space == at || space >= to || header[space] != ' ' || length < space - at + 2 || length > to - at) {
                throw ambiguous();
            }
            int begin = space + 1;
            int end = at + length - 1;
            if (end - begin >= wanted.length && Arrays.equals(header, begin, begin + wanted.length, wanted, 0, wanted.length)) {
                var value = new String(header, begin + wanted.length, end - begin - wanted.length, StandardCharsets.ISO_8859_1);
                found = value.isEmpty() ? null : value;
            }
            at += length;
        }
        return found;
    }

    private static ContextRefused ambiguous() {
        return new ContextRefused("is no tar archive that can be read: its headers can be understood in several ways");
    }
}
