// SPDX-License-Identifier: Apache-2.0

package dev.assay.kit.blob;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;

/** Blobs in a folder. What was put is on disk, synced, and so is the folder that lists it. */
final class FolderBlobs implements Blobs {

    /** A file's time is that of the kernel's last tick, which is up to this far behind the clock. */
    private static final Duration TICK = Duration.ofMillis(10);

    private final Path folder;
    private final Incoming incoming;

    FolderBlobs(Path folder) {
        this.folder = folder;
        this.incoming = new Incoming(folder);
    }

    @Override
    public Blob put(InputStream content, long limit) throws IOException {
        var received = incoming.receive(content, limit);
        try {
            var target = path(received.blob().sha256());
            Files.createDirectories(target.getParent());
            Files.move(received.file(), target, StandardCopyOption.ATOMIC_MOVE);
            // the name is as durable as what it names: else a power cut leaves a file that nothing lists
            sync(target.getParent());
            sync(folder);
            return received.blob();
        } finally {
            Files.deleteIfExists(received.file());
        }
    }

    @Override
    public Optional<Resource> find(String sha256) {
        var file = path(sha256);
        return Files.isRegularFile(file) ? Optional.of(new FileSystemResource(file)) : Optional.empty();
    }

    @Override
    public InputStream open(String sha256) {
        try {
            return Files.newInputStream(path(sha256));
        } catch (IOException e) {
            throw new UncheckedIOException("blob " + sha256 + " cannot be read", e);
        }
    }

    @Override
    public List<String> putBefore(Instant before, int firstDigits) throws IOException {
        var some = folder.resolve(HexFormat.of().toHexDigits((byte) firstDigits));
        if (!Files.isDirectory(some)) {
            return List.of();
        }
        var names = new ArrayList<String>();
        try (var files = Files.newDirectoryStream(some)) {
            for (var file : files) {
                var name = file.getFileName().toString();
                try {
                    if (BlobName.is(name) && Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                        names.add(name);
                    }
                } catch (NoSuchFileException e) {
                    // another has just deleted it
                }
            }
        }
        return names;
    }

    @Override
    public void delete(String sha256) throws IOException {
        Files.deleteIfExists(path(sha256));
    }

    @Override
    public void deleteUnlessPutSince(String sha256, Instant since) throws IOException {
        var file = path(sha256);
        var aside = incoming.aside();
        try {
            if (putSince(file, since)) {
                return;
            }
            Files.move(file, aside, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException gone) {
            return;
        }
        // somebody may have put it between the look and the move
        if (putSince(aside, since)) {
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        } else {
            Files.deleteIfExists(aside);
        }
    }

    private static boolean putSince(Path file, Instant since) throws IOException {
        return Files.getLastModifiedTime(file).toInstant().plus(TICK).isAfter(since);
    }

    private static void sync(Path directory) throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private Path path(String sha256) {
        return folder.resolve(BlobName.path(sha256));
    }
}
