// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import dev.assay.gateway.dialect.Dialect;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What pictures and documents count, by what each dialect's provider has published. Of a picture the size in its header is read, and
 * nothing is decoded. It is an estimate: models of one provider differ.
 *
 * <ul>
 *   <li>Chat, Responses: made to fit 2048 × 2048 and then 768 on the shorter side; 85, and 170 for each square of 512 begun.
 *   <li>Messages: made to fit 1568 on the longer side; a token for 750 pixels, 1600 at most.
 *   <li>Gemini: made to fit 3072 × 3072; 258 if both sides are at most 384, else 258 for each square begun of two thirds of the shorter
 *       side, 256 to 768.
 *   <li>What says no size that can be read, or is no base64 to its end: as text.
 *   <li>A document: 2000 a page, a page for each 50 KB begun.
 *   <li>What is named by an address, of which nothing is known, counts the most that it can: a picture as the largest, a document as one of
 *       100 pages (Gemini: 1000, of 258 each), and whatever else Gemini takes a million.
 * </ul>
 */
final class Attachments {

    private static final int PAGE_BYTES = 50_000;
    private static final int PAGE_TOKENS = 2_000;
    /** Of base64, behind which no header is looked for: in a JPEG other things may come before it. */
    private static final int HEADER = 200_000;

    private Attachments() {}

    enum Kind {
        PNG("iVBORw0KGgo"),
        JPEG("/9j/"),
        GIF("R0lGODlh"),
        WEBP("UklGR"),
        PDF("JVBERi0");

        /** Of its base64. */
        private final byte[] begin;

        Kind(String begin) {
            this.begin = begin.getBytes(StandardCharsets.US_ASCII);
        }
    }

    /** In pixels. */
    record Size(long width, long height) {

        Size within(long longer, long shorter) {
            var fits = Math.min(1, Math.min((double) longer / Math.max(width, height), (double) shorter / Math.min(width, height)));
            return new Size(Math.max(1, Math.round(width * fits)), Math.max(1, Math.round(height * fits)));
        }

        long crop() {
            return Math.clamp(Math.min(width, height) * 2 / 3, 256, 768);
        }

        long squares(long side) {
            return ((width + side - 1) / side) * ((height + side - 1) / side);
        }
    }

    /** What base64 begins there; null: none that is known. */
    private static @Nullable Kind kind(byte[] bytes, int from, int end) {
        if (from >= end) {
            return null;
        }
        for (var kind : KINDS) {
            // for use in addresses some write _ for /
            if (bytes[from] == kind.begin[0] || bytes[from] == '_' && kind == Kind.JPEG) {
                return begins(kind.begin, bytes, from, end) ? kind : null;
            }
        }
        return null;
    }

    private static final Kind[] KINDS = Kind.values();

    private static boolean begins(byte[] begin, byte[] bytes, int from, int end) {
        if (from + begin.length > end) {
            return false;
        }
        for (var at = 0; at < begin.length; at++) {
            var there = bytes[from + at] == '_' ? '/' : bytes[from + at];
            if (there != begin[at]) {
                return false;
            }
        }
        return true;
    }

    /**
     * @param from where the base64 begins
     * @param to the first byte behind it
     * @return -1 if nothing stands there that is known
     */
    static long tokens(Dialect dialect, byte[] bytes, int from, int to) {
        var kind = kind(bytes, from, to);
        if (kind == null || !isBase64(bytes, from, to)) {
            return -1;
        }
        if (kind == Kind.PDF) {
            return (1 + (to - from) * 3L / 4 / PAGE_BYTES) * PAGE_TOKENS;
        }
        var size = size(kind, head(bytes, from, to));
        return size == null ? -1 : tokens(dialect, size);
    }

    private static boolean isBase64(byte[] bytes, int from, int to) {
        for (var at = from; at < to; at++) {
            // some escape the slash; what is missing to the last four is filled up
            if (letter(bytes[at]) < 0
                    && !(bytes[at] == '\\' && at + 1 < to && bytes[at + 1] == '/')
                    && !(bytes[at] == '=' && at >= to - 2)) {
                return false;
            }
        }
        return true;
    }

    /** As base64 has it that is not for addresses; -1: it is none. */
    private static byte letter(byte letter) {
        return switch (letter) {
            case '_', '/' -> '/';
            case '-', '+' -> '+';
            default -> letter >= '0' && letter <= '9' || letter >= 'A' && letter <= 'Z' || letter >= 'a' && letter <= 'z' ? letter : -1;
        };
    }

    static long tokens(Dialect dialect, Size size) {
        return switch (dialect) {
            case CHAT, RESPONSES -> 85 + 170 * size.within(2048, 768).squares(512);
            case MESSAGES -> {
                var fitted = size.within(1568, 1568);
                yield Math.min(1600, (fitted.width() * fitted.height() + 749) / 750);
            }
            case GEMINI -> {
                var fitted = size.within(3072, 3072);
                yield fitted.width() <= 384 && fitted.height() <= 384 ? 258 : 258 * fitted.squares(fitted.crop());
            }
        };
    }

    /** A picture of whichever size, at most. */
    static long mostOfPicture(Dialect dialect) {
        return switch (dialect) {
            case CHAT, RESPONSES -> 85 + 170 * 8;
            case MESSAGES -> 1600;
            case GEMINI -> 258 * 24;
        };
    }

    /** A document of however many pages, at most. */
    static long mostOfDocument(Dialect dialect) {
        return dialect == Dialect.GEMINI ? 258 * 1000 : PAGE_TOKENS * 100;
    }

    /** What is neither, such as a film, at most. */
    static long mostOfOther() {
        return 1_000_000;
    }

    /** The first bytes of what is attached, as far as its base64 is good. */
    private static byte[] head(byte[] bytes, int from, int to) {
        var base64 = new byte[Math.min(to - from, HEADER)];
        var length = 0;
        for (var at = from; at < from + base64.length; at++) {
            var letter = letter(bytes[at]);
            if (letter >= 0) {
                base64[length++] = letter;
            } else if (bytes[at] != '\\') { // some escape the slash
                break;
            }
        }
        return Base64.getDecoder().decode(Arrays.copyOf(base64, length - length % 4));
    }

    /** Null: it says none that can be. */
    static @Nullable Size size(Kind kind, byte[] head) {
        var size = switch (kind) {
            case PNG -> head.length < 24 ? null : new Size(big(head, 16, 4), big(head, 20, 4));
            case GIF -> head.length < 10 ? null : new Size(little(head, 6, 2), little(head, 8, 2));
            case WEBP -> webp(head);
            case JPEG -> jpeg(head);
            case PDF -> null;
        };
        return size == null || size.width() < 1 || size.height() < 1 || size.width() > 100_000 || size.height() > 100_000 ? null : size;
    }

    private static @Nullable Size webp(byte[] head) {
        if (head.length < 30) {
            return null;
        }
        return switch (new String(head, 12, 4, StandardCharsets.ISO_8859_1)) {
            case "VP8 " -> new Size(little(head, 26, 2) & 0x3fff, little(head, 28, 2) & 0x3fff);
            case "VP8L" -> {
                var bits = little(head, 21, 4);
                yield new Size((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
            }
            case "VP8X" -> new Size(little(head, 24, 3) + 1, little(head, 27, 3) + 1);
            default -> null;
        };
    }

    /** From one segment to the next, up to the one that says how a picture is made (SOF). */
    private static @Nullable Size jpeg(byte[] head) {
        var at = 2;
        while (at + 10 <= head.length) {
            if ((head[at] & 0xff) != 0xff) {
                return null;
            }
            var marker = head[at + 1] & 0xff;
            if (marker == 0xff) {
                at++; // filled up
            } else if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
                // it has three bytes for each of its colours
                return big(head, at + 2, 2) == 8 + 3 * (head[at + 9] & 0xff) ? new Size(big(head, at + 7, 2), big(head, at + 5, 2)) : null;
            } else {
                at += 2 + (int) Math.max(2, big(head, at + 2, 2));
            }
        }
        return null;
    }

    private static long big(byte[] bytes, int from, int length) {
        long value = 0;
        for (var at = from; at < from + length; at++) {
            value = value << 8 | bytes[at] & 0xff;
        }
        return value;
    }

    private static long little(byte[] bytes, int from, int length) {
        long value = 0;
        for (var at = from + length - 1; at >= from; at--) {
            value = value << 8 | bytes[at] & 0xff;
        }
        return value;
    }
}
