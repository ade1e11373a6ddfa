// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.gateway.dialect.Body;
import dev.assay.gateway.dialect.Dialect;
import java.nio.charset.StandardCharsets;
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

    private final Dialect dialect;
    private final Body body;
    private volatile @Nullable Found found;

    Input(Dialect dialect, Body body) {
        this.dialect = dialect;
        this.body = body;
    }

    /**
     * @param bytes of the body that are pictures and documents
     * @param tokens that these count
     * @param named what those count at most that it only names
     */
    private record Found(long bytes, long tokens, long named) {}

    long bytes() {
        return body.length();
    }

    /** Tokens, likely. What is only named counts as the text that it is: nobody is charged for what is not known. */
    long tokens() {
        return tokens(body.length() - found().bytes(), BYTES_A_TOKEN) + found().tokens();
    }

    /** Tokens at most, as far as can be told. */
    long most() {
        return mostHeld() + found().named();
    }

    /** The same without what is only named. */
    long mostHeld() {
        return tokens(body.length() - found().bytes(), FEWEST_BYTES_A_TOKEN) + found().tokens();
    }

    /** The same without a look into the body: pictures count as if they were text, which is far too much. */
    long mostUnseen() {
        return tokens(body.length(), FEWEST_BYTES_A_TOKEN);
    }

    /** Tokens of the pictures and documents that it holds. */
    long images() {
        return found().tokens();
    }

    private static long tokens(long bytes, int each) {
        return (bytes + each - 1) / each;
    }

    private Found found() {
        var known = found;
        if (known == null) {
            known = look();
            found = known;
        }
        return known;
    }

    private Found look() {
        var bytes = body.bytes();
        long of = 0;
        long tokens = 0;
        long most = 0;
        var named = new Named(dialect);
        for (var at = 0; at < body.length(); at++) {
            if (bytes[at] == '}') {
                named.ends();
            }
            if (bytes[at] != '"') {
                continue;
            }
            var to = end(bytes, at + 1);
            var what = Name.of(bytes, at + 1, to);
            var value = what == null ? -1 : value(bytes, to + 1);
            if (what != null && value >= 0 && bytes[value] == '{') {
                named.begins(what, bytes, value, body.length());
            } else if (what != null && value >= 0 && bytes[value] == '"') {
                to = end(bytes, value + 1);
                var from = what.holdsBytes() ? begin(bytes, value + 1, to) : -1;
                var counted = from < 0 ? -1 : Attachments.tokens(dialect, bytes, from, to);
                if (counted >= 0) {
                    of += to - from;
                    tokens += counted;
                } else {
                    most += named.most(what, bytes, value + 1, to);
                }
            }
            at = to;
        }
        return new Found(of, tokens, most);
    }

    /** Of the string that begins there: where its quote is, or the body's end. */
    private int end(byte[] bytes, int from) {
        var at = from;
        while (at < body.length() && bytes[at] != '"') {
            at += bytes[at] == '\\' ? 2 : 1;
        }
        return Math.min(at, body.length());
    }

    /** Where the value begins of the member whose name ends there, with its quote; -1: it is no name. */
    private int value(byte[] bytes, int from) {
        var colon = blanks(bytes, from);
        if (colon >= body.length() || bytes[colon] != ':') {
            return -1;
        }
        var value = blanks(bytes, colon + 1);
        return value < body.length() ? value : -1;
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
