// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.context;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Paths of exactly these bytes, one a character. A path that is made of a text can only be what the locale of the process can say; one that
 * is made of an address can be anything.
 */
final class BytePaths {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private BytePaths() {}

    static Path below(Path root, String bytes) {
        return root.resolve(relative(bytes));
    }

    /** Relative; with each of its steps as it stands. */
    static Path relative(String bytes) {
        var address = new StringBuilder("file:///");
        for (char b : bytes.toCharArray()) {
            if (b == '/') {
                address.append('/');
            } else {
                HEX.toHexDigits(address.append('%'), (byte) b);
            }
        }
        var absolute = Path.of(URI.create(address.toString()));
        return absolute.getNameCount() == 0 ? Path.of("") : absolute.subpath(0, absolute.getNameCount());
    }

    /** For people to read. */
    static String shown(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
