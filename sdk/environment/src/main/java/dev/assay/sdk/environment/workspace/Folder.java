// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment.workspace;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** Deletes what agents left: links are not followed, and a folder that nobody may look into is opened first. */
final class Folder {

    private Folder() {}

    static void empty(Path folder) throws IOException {
        remove(folder, false);
    }

    static void delete(Path folder) throws IOException {
        remove(folder, true);
    }

    private static void remove(Path root, boolean itself) throws IOException {
        open(root);
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                try (var inside = Files.newDirectoryStream(folder)) {
                    for (var entry : inside) { // before the walk gets there
                        if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                            open(entry);
                        }
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failed) throws IOException {
                if (failed != null) {
                    throw failed;
                }
                if (itself || !folder.equals(root)) {
                    Files.deleteIfExists(folder);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static void open(Path folder) throws IOException {
        if (!Files.isReadable(folder) || !Files.isWritable(folder) || !Files.isExecutable(folder)) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
    }
}
