// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.Network;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Where one worker's Unix sockets lie, for nobody else to enter. The path is short, since the system knows no address of a socket beyond
 * 107 bytes, and follows from the worker's mark, so that whoever clears up after it finds the folder.
 */
record SocketFolder(Path folder) {

    private static final int LONGEST_ADDRESS = 107;
    private static final int LONGEST_NAME = 1 + 36;

    static SocketFolder of(String owner) {
        return new SocketFolder(parent().resolve("assay-" + owner.substring(0, Math.min(13, owner.length()))));
    }

    static SocketFolder create(String owner) throws IOException {
        var made = of(owner);
        Files.createDirectory(made.folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return made;
    }

    Path control(String sandbox) {
        return folder.resolve(sandbox);
    }

    Path shortcut(String sandbox) {
        return folder.resolve(sandbox.substring(0, 8));
    }

    Path door(Network network) {
        return folder.resolve(network.socket());
    }

    void delete() {
        DeleteFolder.now(folder);
    }

    /** The relay's own syntax gives some characters a meaning. */
    private static Path parent() {
        var folder = Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath().toString();
        var plain = folder.matches("[A-Za-z0-9/._-]+") && folder.length() + "/assay-".length() + 13 + LONGEST_NAME <= LONGEST_ADDRESS;
        return Path.of(plain ? folder : "/tmp");
    }
}
