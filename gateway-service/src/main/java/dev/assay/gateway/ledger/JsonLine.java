// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes an object of JSON into bytes, member by member; members that are null are left out. Each call is written three times, for the
 * journal when it begins and ends and as a span, which took a tenth of all its time with a library that can do more. Names are plain ASCII.
 */
public final class JsonLine {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int LONGEST_NUMBER = 20;
    /** Bytes of an escaped character. */
    private static final int LONGEST_CHARACTER = 6;

    /** What all of a call takes, mostly. */
    private static final int USUAL = 1536;

    private byte[] bytes = new byte[USUAL];
    private int length;

    /** Begins anew, in the same memory. */
    public JsonLine clear() {
        length = 0;
        return this;
    }

    /** Begins an object: the whole one, or one in a list. */
    public JsonLine open() {
        room(2);
        comma();
        bytes[length++] = '{';
        return this;
    }

    public JsonLine open(String name) {
        name(name, 1);
        bytes[length++] = '{';
        return this;
    }

    public JsonLine close() {
        room(1);
        bytes[length++] = '}';
        return this;
    }

    /** One that stands for itself. */
    JsonLine openList() {
        room(1);
        bytes[length++] = '[';
        return this;
    }

    JsonLine openList(String name) {
        name(name, 1);
        bytes[length++] = '[';
        return this;
    }

    JsonLine closeList() {
        room(1);
        bytes[length++] = ']';
        return this;
    }

    /** Behind a whole object: the next begins a line of its own. */
    public JsonLine end() {
        room(1);
        bytes[length++] = '\n';
        return this;
    }

    public JsonLine text(String name, @Nullable String text) {
        if (text != null) {
            name(name, text.length() + 2);
            bytes[length++] = '"';
            var plain = plain(text);
            ascii(text, plain);
            if (plain < text.length()) {
                rest(text.substring(plain));
            }
            bytes[length++] = '"';
        }
        return this;
    }

    public JsonLine number(String name, long number) {
        name(name, LONGEST_NUMBER);
        if (number < 0) {
            var text = Long.toString(number);
            ascii(text, text.length());
        } else {
            digits(number, places(number));
        }
        return this;
    }

    public JsonLine number(String name, @Nullable Number number) {
        return number == null ? this : number(name, number.longValue());
    }

    public JsonLine flag(String name, boolean flag) {
        var word = flag ? "true" : "false";
        name(name, word.length());
        ascii(word, word.length());
        return this;
    }

    /** @param json a value as it is, such as a number that is no whole one */
    public JsonLine raw(String name, @Nullable String json) {
        if (json != null) {
            var value = json.getBytes(StandardCharsets.UTF_8);
            name(name, value.length);
            System.arraycopy(value, 0, bytes, length, value.length);
            length += value.length;
        }
        return this;
    }

    public JsonLine id(String name, @Nullable UUID id) {
        if (id != null) {
            name(name, 38);
            bytes[length++] = '"';
            hex(id.getMostSignificantBits(), 64, 32);
            bytes[length++] = '-';
            hex(id.getMostSignificantBits(), 32, 16);
            bytes[length++] = '-';
            hex(id.getMostSignificantBits(), 16, 0);
            bytes[length++] = '-';
            hex(id.getLeastSignificantBits(), 64, 48);
            bytes[length++] = '-';
            hex(id.getLeastSignificantBits(), 48, 0);
            bytes[length++] = '"';
        }
        return this;
    }

    /** To the nanosecond, in UTC. */
    public JsonLine time(String name, Instant time) {
        var at = time.atOffset(ZoneOffset.UTC);
        if (at.getYear() < 0 || at.getYear() > 9999) {
            return text(name, time.toString());
        }
        name(name, 32);
        bytes[length++] = '"';
        digits(at.getYear(), 4);
        bytes[length++] = '-';
        digits(at.getMonthValue(), 2);
        bytes[length++] = '-';
        digits(at.getDayOfMonth(), 2);
        bytes[length++] = 'T';
        digits(at.getHour(), 2);
        bytes[length++] = ':';
        digits(at.getMinute(), 2);
        bytes[length++] = ':';
        digits(at.getSecond(), 2);
        bytes[length++] = '.';
        digits(at.getNano(), 9);
        bytes[length++] = 'Z';
        bytes[length++] = '"';
        return this;
    }

    /** In bytes, so far. */
    public int length() {
        return length;
    }

    public byte[] bytes() {
        return Arrays.copyOf(bytes, length);
    }

    /** Holds it up to its length; changes when more is written. */
    public byte[] inMemory() {
        return bytes;
    }

    /** @param more bytes that there has to be room for behind it */
    private void name(String name, int more) {
        room(name.length() + more + 4);
        comma();
        bytes[length++] = '"';
        ascii(name, name.length());
        bytes[length++] = '"';
        bytes[length++] = ':';
    }

    /** Between members, and between what stands in a list. */
    private void comma() {
        if (length > 0) {
            var last = bytes[length - 1];
            if (last != '{' && last != '[' && last != '\n') {
                bytes[length++] = ',';
            }
        }
    }

    /** How many characters stand at the beginning that are written as they are. */
    private static int plain(String text) {
        var at = 0;
        while (at < text.length() && isPlain(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static boolean isPlain(int character) {
        return character >= ' ' && character < 0x80 && character != '"' && character != '\\';
    }

    /** The lower halves of characters, which are all there is of ASCII: at once, not one by one. */
    @SuppressWarnings("deprecation")
    private void ascii(String text, int to) {
        text.getBytes(0, to, bytes, length);
        length += to;
    }

    private void rest(String text) {
        var rest = text.getBytes(StandardCharsets.UTF_8);
        room(rest.length * LONGEST_CHARACTER + 1);
        for (var octet : rest) {
            if (octet == '"' || octet == '\\') {
                bytes[length++] = '\\';
                bytes[length++] = octet;
            } else if (octet >= 0 && octet < ' ') {
                ascii("\\u00", 4);
                hex(octet, 8, 0);
            } else {
                bytes[length++] = octet;
            }
        }
    }

    private void hex(long bits, int from, int to) {
        for (var at = from - 4; at >= to; at -= 4) {
            bytes[length++] = HEX[(int) (bits >>> at) & 0xf];
        }
    }

    private static int places(long number) {
        var places = 1;
        for (var left = number; left >= 10; left /= 10) {
            places++;
        }
        return places;
    }

    private void digits(long number, int places) {
        var left = number;
        for (var at = length + places - 1; at >= length; at--) {
            bytes[at] = (byte) ('0' + left % 10);
            left /= 10;
        }
        length += places;
    }

    private void room(int more) {
        if (length + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
        }
    }
}
