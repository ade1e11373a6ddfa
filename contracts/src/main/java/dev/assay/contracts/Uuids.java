// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts;

import java.util.UUID;
import java.util.regex.Pattern;

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
        var digits = text.strip().replace("urn:", "").replace("uuid:", "").replaceAll("[{}-]", "");
        if (!HEX.matcher(digits).matches()) {
            throw new IllegalArgumentException("'" + (text.length() > 80 ? text.substring(0, 80) + "…" : text) + "' is not a UUID");
        }
        return new UUID(Long.parseUnsignedLong(digits, 0, 16, 16), Long.parseUnsignedLong(digits, 16, 32, 16));
    }

    /** 32 lower-case hex digits without dashes. */
    public static String hex(UUID id) {
        return id.toString().replace("-", "");
    }
}
