// SPDX-License-Identifier: Apache-2.0

package dev.assay.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Passwords that nobody has to think up: made at the first start, kept in a file that only its owner reads. */
final class KeptPassword {

    private KeptPassword() {}

    static String in(Path file) throws IOException {
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        var known = Files.readString(file).strip();
        if (!known.isEmpty()) {
            return known;
        }
        var bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        var password = HexFormat.of().formatHex(bytes);
        Files.writeString(file, password);
        return password;
    }
}
