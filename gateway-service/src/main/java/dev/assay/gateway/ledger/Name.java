// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Names of members, in a call's body, whose values hold or name pictures and documents in one of the dialects. */
enum Name {
    DATA("data"),
    URL("url"),
    IMAGE_URL("image_url"),
    FILE_DATA("file_data"),
    FILE_URL("file_url"),
    FILE_URI("file_uri"),
    FILE_URI_CAMEL("fileUri"),
    FILE_DATA_CAMEL("fileData"),
    SOURCE("source"),
    TYPE("type");

    private static final Name[] ALL = values();
    private static final int LONGEST = 9;

    private final byte[] bytes;

    Name(String name) {
        this.bytes = name.getBytes(StandardCharsets.US_ASCII);
    }

    /** Which name stands there, for each string of each body: nothing is made for it. */
    static @Nullable Name of(byte[] text, int from, int to) {
        if (to - from > LONGEST) {
            return null;
        }
        for (var name : ALL) {
            if (name.is(text, from, to)) {
                return name;
            }
        }
        return null;
    }

    private boolean is(byte[] text, int from, int to) {
        if (bytes.length != to - from) {
            return false;
        }
        for (var at = 0; at < bytes.length; at++) {
            if (text[from + at] != bytes[at]) {
                return false;
            }
        }
        return true;
    }

    /** Whether its value may be something attached, as base64 alone or behind {@code data:…;base64,}. What looks so elsewhere is text. */
    boolean holdsBytes() {
        return this == DATA || this == URL || this == IMAGE_URL || this == FILE_DATA;
    }
}
