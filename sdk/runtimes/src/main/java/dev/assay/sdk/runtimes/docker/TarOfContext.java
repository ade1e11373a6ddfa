// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** A context as an engine takes it, with the recipe as it was checked in the place of its own. The same bytes for the same files, or no step is found made. */
final class TarOfContext {

    private TarOfContext() {}

    /** Read from a file that is gone when this is closed. */
    static InputStream write(ImageContext context, ImageRecipe.Checked recipe) throws IOException {
        var file = context.beside("context.tar");
        try (var tar = new TarArchiveOutputStream(new BufferedOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8.name())) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
            tar.setAddPaxHeadersForNonAsciiNames(true);
            try (var paths = Files.walk(context.folder())) {
                for (var path : (Iterable<Path>) paths.sorted()::iterator) {
                    var name = context.folder().relativize(path).toString();
                    if (!name.isEmpty() && !name.equals(recipe.file())) {
                        add(tar, path, name);
                    }
                }
            }
            var bytes = recipe.text().getBytes(StandardCharsets.UTF_8);
            var entry = new TarArchiveEntry(recipe.file());
            entry.setSize(bytes.length);
            entry.setModTime(0);
            tar.putArchiveEntry(entry);
            tar.write(bytes);
            tar.closeArchiveEntry();
        }
        return Files.newInputStream(file, StandardOpenOption.DELETE_ON_CLOSE);
    }

    private static void add(TarArchiveOutputStream tar, Path path, String name) throws IOException {
        boolean link = Files.isSymbolicLink(path);
        boolean folder = !link && Files.isDirectory(path);
        var entry = link ? new TarArchiveEntry(name, TarConstants.LF_SYMLINK) : new TarArchiveEntry(folder ? name + "/" : name);
        if (link) {
            entry.setLinkName(Files.readSymbolicLink(path).toString());
        } else if (!folder) {
            entry.setSize(Files.size(path));
        }
        entry.setMode(folder || Files.isExecutable(path) ? 0755 : 0644);
        entry.setModTime(0);
        tar.putArchiveEntry(entry);
        if (!link && !folder) {
            Files.copy(path, tar);
        }
        tar.closeArchiveEntry();
    }
}
