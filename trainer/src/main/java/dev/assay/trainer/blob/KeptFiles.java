// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.blob;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/**
 * Files by the hash of what they hold, those that were used last, as long as there is room. The folder is one process's alone, and empty
 * when that starts: nobody has to ask whether what an earlier one left there is whole.
 */
final class KeptFiles {

    /** What was asked for so lately may be just about to be opened. */
    static final Duration IN_USE = Duration.ofMinutes(5);

    private static final String SCRATCH = "scratch-";

    private final Path folder;
    private final long most;
    private final Clock clock;

    /** @param most bytes */
    KeptFiles(Path folder, long most, Clock clock) throws IOException {
        this.folder = folder;
        this.most = most;
        this.clock = clock;
        FileSystemUtils.deleteRecursively(folder);
        Files.createDirectories(folder);
    }

    @Nullable Path find(String hash) throws IOException {
        var file = folder.resolve(hash);
        try {
            Files.setLastModifiedTime(file, FileTime.from(clock.instant()));
            return file;
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /** A file to write into; whoever asks for it deletes it. */
    Path scratch() throws IOException {
        return Files.createTempFile(folder, SCRATCH, "");
    }

    /** From now on this is what has that hash; others have to make room. */
    Path keep(String hash, Path scratch) throws IOException {
        Files.setLastModifiedTime(scratch, FileTime.from(clock.instant()));
        var file = Files.move(scratch, folder.resolve(hash), StandardCopyOption.ATOMIC_MOVE);
        makeRoom();
        return file;
    }

    private synchronized void makeRoom() throws IOException {
        List<Kept> kept;
        try (var files = Files.list(folder)) {
            kept = files.filter(file -> !file.getFileName().toString().startsWith(SCRATCH)).map(Kept::of).toList();
        }
        long size = kept.stream().mapToLong(Kept::size).sum();
        var unused = FileTime.from(clock.instant().minus(IN_USE));
        for (var oldest : kept.stream().sorted(Comparator.comparing(Kept::used)).toList()) {
            if (size <= most || oldest.used().compareTo(unused) > 0) {
                return;
            }
            Files.deleteIfExists(oldest.file());
            size -= oldest.size();
        }
    }

    private record Kept(Path file, long size, FileTime used) {

        static Kept of(Path file) {
            return new Kept(file, file.toFile().length(), FileTime.fromMillis(file.toFile().lastModified()));
        }
    }
}
