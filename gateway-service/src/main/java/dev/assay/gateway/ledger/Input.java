// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.Dialect;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How many tokens go into a call, as far as its body tells: its text by its size, its pictures and documents by what providers say that
 * these count ({@link Attachments}). The body is looked through for them when somebody wants to know, and never for most calls.
 */
final class Input {

    /** Of text. */
    private static final int BYTES_A_TOKEN = 4;

    /** Not fewer: some writing has a token to each character of three bytes. */
    private static final int FEWEST_BYTES_A_TOKEN = 3;

    /** In less there is no picture worth looking for. */
    private static final int SMALL = 2_000;

    private final Dialect dialect;
    private final Body body;
    private volatile @Nullable Found found;

    Input(Dialect dialect, Body body) {
        this.dialect = dialect;
        this.body = body;
    }

    /** @param bytes of the body that are pictures and documents; @param tokens that these count */
    private record Found(long bytes, long tokens) {}

    long bytes() {
        return body.length();
    }

    /** Tokens, likely. */
    long tokens() {
        return tokens(body.length() - found().bytes(), BYTES_A_TOKEN) + found().tokens();
    }

    /** Tokens at most, as far as can be told. */
    long most() {
        return tokens(body.length() - found().bytes(), FEWEST_BYTES_A_TOKEN) + found().tokens();
    }

    /** The same without a look into the body: pictures count as if they were text, which is far too much. */
    long mostUnseen() {
        return tokens(body.length(), FEWEST_BYTES_A_TOKEN);
    }

    /** Tokens of the pictures and documents among them. */
    long images() {
        return found().tokens();
    }

    private static long tokens(long bytes, int each) {
        return (bytes + each - 1) / each;
    }

    private Found found() {
        var known = found;
        if (known == null) {
            known = body.length() < SMALL ? new Found(0, 0) : look();
            found = known;
        }
        return known;
    }

    /** Whose value may be something attached, as base64 alone or behind {@code data:…;base64,}. What looks so elsewhere is text. */
    private static final Set<String> ATTACHING = Set.of("data", "url", "image_url", "file_data");

    private static final int LONGEST_NAME = 9;

    private Found look() {
        var bytes = body.bytes();
        long of = 0;
        long tokens = 0;
        for (var at = 0; at < body.length(); at++) {
            if (bytes[at] != '"') {
                continue;
            }
            var to = end(bytes, at + 1);
            var value = attaching(bytes, at + 1, to) ? value(bytes, to + 1) : -1;
            if (value >= 0) {
                to = end(bytes, value);
                var from = begin(bytes, value, to);
                var counted = from < 0 ? -1 : Attachments.tokens(dialect, bytes, from, to);
                if (counted >= 0) {
                    of += to - from;
                    tokens += counted;
                }
            }
            at = to;
        }
        return new Found(of, tokens);
    }

    /** Of the string that begins there: where its quote is, or the body's end. */
    private int end(byte[] bytes, int from) {
        var at = from;
        while (at < body.length() && bytes[at] != '"') {
            at += bytes[at] == '\\' ? 2 : 1;
        }
        return Math.min(at, body.length());
    }

    private static boolean attaching(byte[] bytes, int from, int to) {
        return to - from <= LONGEST_NAME && ATTACHING.contains(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1));
    }

    /** Where the string begins that is the value of the member whose name ends there; -1: it is no name, or its value no string. */
    private int value(byte[] bytes, int from) {
        var colon = blanks(bytes, from);
        if (colon >= body.length() || bytes[colon] != ':') {
            return -1;
        }
        var quote = blanks(bytes, colon + 1);
        return quote < body.length() && bytes[quote] == '"' ? quote + 1 : -1;
    }

    private int blanks(byte[] bytes, int from) {
        var at = from;
        while (at < body.length() && (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t')) {
            at++;
        }
        return at;
    }

    /** No media type is longer. */
    private static final int LONGEST_TYPE = 120;

    /** Where base64 may begin in a string; -1: nowhere. */
    private static int begin(byte[] bytes, int from, int to) {
        var head = new String(bytes, from, Math.min(to - from, LONGEST_TYPE), StandardCharsets.ISO_8859_1);
        if (!head.startsWith("data:")) {
            return from;
        }
        var comma = head.indexOf(',');
        var type = head.substring(0, Math.max(0, comma));
        var isKnown = type.startsWith("data:image/") || type.startsWith("data:application/pdf");
        return isKnown && type.endsWith(";base64") ? from + comma + 1 : -1;
    }
}
