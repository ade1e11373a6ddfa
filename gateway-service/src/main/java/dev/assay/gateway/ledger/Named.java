// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.gateway.dialect.Dialect;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a body names by an address instead of holding it: nobody here fetches it, so it counts the most that it can. Chat's
 * {@code image_url.url}, Responses' {@code image_url} and {@code file_url}, Anthropic's {@code source.url}, Google's
 * {@code fileData.fileUri}; an address elsewhere, as in a citation, is text. What is named by the id of a file that its provider keeps is
 * not seen at all.
 */
final class Named {

    private enum Kind {
        PICTURE,
        DOCUMENT,
        OTHER
    }

    /** Of an object with an address in it. */
    private static final int LONGEST_OBJECT = 4_000;
    /** Of an object that names what it holds not. */
    private static final Pattern OF_URL = Pattern.compile("\"type\"\\s*:\\s*\"url\"");

    private static final byte[] IMAGE = "image".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] EPHEMERAL = "ephemeral".getBytes(StandardCharsets.US_ASCII);

    private final Dialect dialect;
    /** Whether an object that may hold an address is being read. */
    private boolean inside;
    private Kind kind = Kind.DOCUMENT;
    /** Whether what was last said of a block is that it is a picture. */
    private boolean isPicture;

    Named(Dialect dialect) {
        this.dialect = dialect;
    }

    /** The value of a member is an object: those that each dialect knows, and no such object within another. */
    void begins(Name name, byte[] bytes, int from, int length) {
        if (inside) {
            return;
        }
        switch (name) {
            case IMAGE_URL -> {
                if (dialect == Dialect.CHAT || dialect == Dialect.RESPONSES) {
                    begins(Kind.PICTURE);
                }
            }
            case SOURCE -> {
                // what a tool was called with may have a source as well
                if (dialect == Dialect.MESSAGES && OF_URL.matcher(object(bytes, from, length)).find()) {
                    begins(isPicture ? Kind.PICTURE : Kind.DOCUMENT);
                }
            }
            case FILE_DATA, FILE_DATA_CAMEL -> {
                if (dialect == Dialect.GEMINI) {
                    var object = object(bytes, from, length).replace("\\/", "/");
                    begins(object.contains("image/") ? Kind.PICTURE : object.contains("application/pdf") ? Kind.DOCUMENT : Kind.OTHER);
                }
            }
            default -> {}
        }
    }

    /** As far as its first end. */
    private static String object(byte[] bytes, int from, int length) {
        var to = Math.min(length, from + LONGEST_OBJECT);
        var end = from;
        while (end < to && bytes[end] != '}') {
            end++;
        }
        return new String(bytes, from, end - from, StandardCharsets.ISO_8859_1);
    }

    private void begins(Kind of) {
        inside = true;
        kind = of;
    }

    void ends() {
        inside = false;
    }

    /** What a text counts at most that is the value of a member; 0: it is no address. */
    long most(Name name, byte[] bytes, int from, int to) {
        return switch (name) {
            case TYPE -> {
                var isOfBlock = !inside && !is(EPHEMERAL, bytes, from, to); // which may stand between
                isPicture = isOfBlock ? is(IMAGE, bytes, from, to) : isPicture;
                yield 0;
            }
            case URL -> inside && isAddress(bytes, from, to) ? most() : 0;
            case FILE_URI, FILE_URI_CAMEL -> inside && to > from ? most() : 0;
            case IMAGE_URL -> dialect == Dialect.RESPONSES && isAddress(bytes, from, to) ? Attachments.mostOfPicture(dialect) : 0;
            case FILE_URL -> dialect == Dialect.RESPONSES && isAddress(bytes, from, to) ? Attachments.mostOfDocument(dialect) : 0;
            default -> 0;
        };
    }

    private long most() {
        return switch (kind) {
            case PICTURE -> Attachments.mostOfPicture(dialect);
            case DOCUMENT -> Attachments.mostOfDocument(dialect);
            case OTHER -> Attachments.mostOfOther();
        };
    }

    /** With a scheme that providers follow, in whichever case. */
    private static boolean isAddress(byte[] bytes, int from, int to) {
        var head = new String(bytes, from, Math.min(to - from, 6), StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        return head.startsWith("http:") || head.startsWith("https:") || head.startsWith("gs:");
    }

    private static boolean is(byte[] what, byte[] bytes, int from, int to) {
        return Arrays.equals(what, 0, what.length, bytes, from, to);
    }
}
