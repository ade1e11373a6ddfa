// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Events on disk that the broker did not take: one file each, synced before {@link #append} returns, oldest first by name. */
final class Spool {

    private static final String READY = ".event";
    private static final String PART = ".part";

    private final Path folder;
    private final AtomicLong next;

    Spool(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        try (var files = Files.list(folder)) {
            for (var stale : files.filter(file -> file.toString().endsWith(PART)).toList()) {
                Files.delete(stale);
            }
        }
        var files = files();
        next = new AtomicLong(files.isEmpty() ? 0 : number(files.getLast()) + 1);
    }

    /** @param file where it lies, for {@link #remove} */
    record Entry(Path file, String key, String event) {}

    void append(String key, String event) throws IOException {
        var name = "%019d".formatted(next.getAndIncrement());
        var part = folder.resolve(name + PART);
        try (var channel = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            var bytes = ByteBuffer.wrap((key + '\n' + event).getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(part, folder.resolve(name + READY), StandardCopyOption.ATOMIC_MOVE);
        // the name must be as durable as the content
        try (var directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /** The files of waiting events, oldest first. */
    List<Path> files() {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(READY)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Entry read(Path file) throws IOException {
        var content = Files.readString(file);
        var end = content.indexOf('\n');
        return new Entry(file, content.substring(0, end), content.substring(end + 1));
    }

    void remove(Path file) throws IOException {
        Files.delete(file);
    }

    int size() {
        return files().size();
    }

    private static long number(Path file) {
        var name = file.getFileName().toString();
        return Long.parseLong(name.substring(0, name.length() - READY.length()));
    }
}
