// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Finds whole server-sent events in the bytes of a stream, by their fields, as browsers do: any line end, a byte order mark, comments,
 * several lines of data. Places are offsets into the buffer that is scanned; what was found is told until the next scan.
 */
final class EventScan {

    private static final byte[] DATA = "data".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EVENT = "event".getBytes(StandardCharsets.US_ASCII);

    private final ByteArrayOutputStream joined = new ByteArrayOutputStream(0);
    private boolean begun;
    private boolean afterReturn;
    private boolean over = true;
    private int at;
    private int line;
    private int from;
    private int lines;
    private int dataFrom;
    private int dataTo;
    private boolean plain = true;
    private boolean comment;
    private String name = "";

    /**
     * Goes on until an event is whole.
     *
     * @param to the first byte that has not come yet
     * @return false: there is none so far
     */
    boolean next(byte[] bytes, int to) {
        if (over) {
            anew();
        }
        if (!begun && !isBegun(bytes, to)) {
            return false;
        }
        while (at < to) {
            var octet = bytes[at++];
            if (octet == '\n') {
                if (afterReturn) {
                    afterReturn = false;
                    line = at;
                    if (lines == 0 && dataTo < 0) {
                        from = at; // it belongs to the event before
                    }
                    continue;
                }
            } else if (octet == '\r') {
                plain = false;
                comment = false;
            } else {
                afterReturn = false;
                continue;
            }
            afterReturn = octet == '\r';
            var ends = line == at - 1;
            if (!ends) {
                field(bytes, line, at - 1);
            }
            line = at;
            if (ends) {
                over = true;
                return true;
            }
        }
        return false;
    }

    /** What is left when the stream has ended: some forget an event's empty line, or its line end. False: nothing with data. */
    boolean rest(byte[] bytes, int to) {
        if (over) {
            anew();
        }
        if (line < to) {
            field(bytes, line, to);
        }
        at = to;
        line = to;
        plain = false;
        over = true;
        return hasData();
    }

    /** The buffer's bytes have moved to its beginning by so many. */
    void moved(int by) {
        at -= by;
        line -= by;
        from -= by;
        dataFrom -= by;
        dataTo -= by;
    }

    /** Where the event begins that is not whole yet, or the next one. */
    int pending() {
        return over ? at : from;
    }

    int from() {
        return from;
    }

    int to() {
        return at;
    }

    boolean hasData() {
        return dataTo >= 0;
    }

    /** Whether it has no data, and is written with line feeds alone. */
    boolean isComment() {
        return comment && !hasData();
    }

    /** Whether it is written as everybody writes events: {@code event: } at most once, then one {@code data: }, line feeds. */
    boolean isPlain() {
        return plain;
    }

    /** Empty: it has none. */
    String name() {
        return name;
    }

    /** @param bytes those that were scanned */
    byte[] data(byte[] bytes) {
        return joined.size() > 0 ? joined.toByteArray() : bytes;
    }

    int dataFrom() {
        return joined.size() > 0 ? 0 : dataFrom;
    }

    int dataTo() {
        return joined.size() > 0 ? joined.size() : dataTo;
    }

    private void anew() {
        over = false;
        from = at;
        line = at;
        lines = 0;
        dataFrom = -1;
        dataTo = -1;
        plain = true;
        comment = false;
        name = "";
        joined.reset();
    }

    private boolean isBegun(byte[] bytes, int to) {
        if (to > at && bytes[at] == (byte) 0xEF) {
            if (to - at < 3) {
                return false;
            }
            if (bytes[at + 1] == (byte) 0xBB && bytes[at + 2] == (byte) 0xBF) {
                at += 3;
                from = at;
                line = at;
            }
        }
        begun = to > at;
        return begun;
    }

    private void field(byte[] bytes, int begin, int end) {
        lines++;
        if (isField(bytes, begin, end, DATA)) {
            data(bytes, begin + DATA.length, end);
        } else if (isField(bytes, begin, end, EVENT)) {
            var value = value(bytes, begin + EVENT.length, end);
            plain &= lines == 1 && value == begin + EVENT.length + 2;
            name = new String(bytes, value, end - value, StandardCharsets.UTF_8);
        } else {
            comment = plain && bytes[begin] == ':';
            plain = false;
        }
    }

    private void data(byte[] bytes, int colon, int end) {
        var value = value(bytes, colon, end);
        if (dataTo < 0) {
            plain &= value == colon + 2;
            dataFrom = value;
            dataTo = end;
            return;
        }
        plain = false;
        if (joined.size() == 0) {
            joined.write(bytes, dataFrom, dataTo - dataFrom);
        }
        joined.write('\n');
        joined.write(bytes, value, end - value);
    }

    private static int value(byte[] bytes, int colon, int end) {
        var from = Math.min(colon + 1, end);
        return from < end && bytes[from] == ' ' ? from + 1 : from;
    }

    private static boolean isField(byte[] bytes, int begin, int end, byte[] field) {
        if (end - begin < field.length || end - begin > field.length && bytes[begin + field.length] != ':') {
            return false;
        }
        for (var i = 0; i < field.length; i++) {
            if (bytes[begin + i] != field[i]) {
                return false;
            }
        }
        return true;
    }
}
