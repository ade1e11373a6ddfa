// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** Which workers belong together: those that share a folder, and so know of each other who is there. */
final class Installation {

    private Installation() {}

    /** The folder's own mark, made once. */
    static String in(Path folder) throws IOException {
        var mark = Files.createDirectories(folder).resolve("installation");
        var fresh = Files.createTempFile(folder, "installation", "");
        try {
            Files.writeString(fresh, UUID.randomUUID().toString());
            Files.createLink(mark, fresh); // whole, or not at all
        } catch (FileAlreadyExistsException e) {
            // then that one is it
        } finally {
            Files.delete(fresh);
        }
        return Files.readString(mark);
    }
}
