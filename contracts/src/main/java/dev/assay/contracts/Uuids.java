// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts;

import java.util.HexFormat;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads and writes UUIDs as the published client does: hex and dashed are the same id everywhere. */
public final class Uuids {

    private static final Pattern HEX = Pattern.compile("[0-9a-fA-F]{32}");

    private Uuids() {}

    /**
     * Accepts what Python's UUID constructor accepts: dashes, braces and a {@code urn:uuid:} prefix are optional, case is free.
     *
     * @throws IllegalArgumentException if the text is no UUID; the message quotes it, cut to 80 characters
     */
    public static UUID parse(String text) {
        var plain = plain(text);
        return plain != null ? plain : spelledOtherwise(text);
    }

    /** As nearly everybody writes it: digits, and dashes wherever. Null: it is written otherwise, or none. */
    private static @Nullable UUID plain(String text) {
        var high = 0L;
        var low = 0L;
        var digits = 0;
        for (var at = 0; at < text.length(); at++) {
            var character = text.charAt(at);
            if (character == '-') {
                continue;
            }
            if (!HexFormat.isHexDigit(character) || ++digits > 32) {
                return null;
            }
            high = high << 4 | low >>> 60;
            low = low << 4 | HexFormat.fromHexDigit(character);
        }
        return digits == 32 ? new UUID(high, low) : null;
    }

    private static UUID spelledOtherwise(String text) {
        var digits = text.strip().replace("urn:", "").replace("uuid:", "").replaceAll("[{}-]", "");
        if (!HEX.matcher(digits).matches()) {
            throw new IllegalArgumentException("'" + (text.length() > 80 ? text.substring(0, 80) + "…" : text) + "' is not a UUID");
        }
        return new UUID(Long.parseUnsignedLong(digits, 0, 16, 16), Long.parseUnsignedLong(digits, 16, 32, 16));
    }

    /** 32 lower-case hex digits without dashes. */
    public static String hex(UUID id) {
        return HexFormat.of().toHexDigits(id.getMostSignificantBits()) + HexFormat.of().toHexDigits(id.getLeastSignificantBits());
    }
}
