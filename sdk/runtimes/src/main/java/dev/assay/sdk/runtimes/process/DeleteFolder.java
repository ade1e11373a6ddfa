// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * Deletes a folder with all that is in it, also what a stranger made unwritable, or deeper than a path can be long: folders within
 * folders are moved up first, so that no path has more than two names below the folder. Links are removed, never followed.
 */
final class DeleteFolder {

    private DeleteFolder() {}

    /** Returns whether nothing is left of it. */
    static boolean now(Path folder) {
        try {
            orSayWhyNot(folder);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** @throws IOException if something is left of it */
    static void orSayWhyNot(Path folder) throws IOException {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            empty(folder);
        }
        Files.deleteIfExists(folder);
    }

    private static void empty(Path top) throws IOException {
        makeWritable(top);
        int moved = 0;
        for (var children = list(top); !children.isEmpty(); children = list(top)) {
            for (var child : children) {
                if (Files.isDirectory(child, LinkOption.NOFOLLOW_LINKS)) {
                    makeWritable(child);
                    for (var below : list(child)) {
                        if (Files.isDirectory(below, LinkOption.NOFOLLOW_LINKS)) {
                            makeWritable(below);
                            Files.move(below, free(top, moved++));
                        } else {
                            Files.deleteIfExists(below);
                        }
                    }
                }
                Files.deleteIfExists(child);
            }
        }
    }

    private static Path free(Path top, int number) {
        var name = top.resolve("." + number + "-" + System.nanoTime());
        return Files.exists(name, LinkOption.NOFOLLOW_LINKS) ? free(top, number + 1) : name;
    }

    private static List<Path> list(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        try (var entries = Files.newDirectoryStream(folder)) {
            entries.forEach(found::add);
        }
        return found;
    }

    private static void makeWritable(Path folder) {
        try {
            if (!Files.isWritable(folder) || !Files.isExecutable(folder) || !Files.isReadable(folder)) {
                Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            }
        } catch (IOException e) {
            // then the deletion itself says what is wrong
        }
    }
}
