// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import java.io.IOException;
import java.io.StreamCorruptedException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Records on disk that the broker did not take: one file each, synced before {@link #append} returns, oldest first by name. Several
 * processes may share the folder.
 */
public final class Spool {

    private static final String READY = ".event";
    private static final String PART = ".part";
    private static final String ASIDE = ".aside";
    private static final int LONGEST_KEY = 1000;
    private static final int DIGITS = 19;

    private final Path folder;
    private final AtomicLong next;

    Spool(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        var files = files();
        next = new AtomicLong(files.isEmpty() ? 0 : number(files.getLast()) + 1);
    }

    /** @param key of the record: the run's id */
    record Entry(String key, byte[] value) {}

    void append(String key, byte[] value) throws IOException {
        var name = ("%0" + DIGITS + "d-%s").formatted(next.getAndIncrement(), UUID.randomUUID());
        var part = folder.resolve(name + PART);
        try {
            try (var channel = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                var bytes = new ByteBuffer[] {ByteBuffer.wrap((key + '\n').getBytes(StandardCharsets.UTF_8)), ByteBuffer.wrap(value)};
                while (bytes[1].hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(part, folder.resolve(name + READY), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part); // of a full disk
        }
        // the name must be as durable as the content
        try (var directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    /** The files of waiting records, oldest first. */
    List<Path> files() {
        return files(READY);
    }

    /**
     * Empty: another process was quicker.
     *
     * @throws StreamCorruptedException if it holds no record, now or ever
     */
    Optional<Entry> read(Path file) throws IOException {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        }
        var end = 0;
        while (end < Math.min(content.length, LONGEST_KEY) && content[end] != '\n') {
            end++;
        }
        if (end == content.length || content[end] != '\n') {
            throw new StreamCorruptedException("it does not begin with a record's key");
        }
        return Optional.of(new Entry(
                new String(content, 0, end, StandardCharsets.UTF_8), Arrays.copyOfRange(content, end + 1, content.length)));
    }

    void remove(Path file) throws IOException {
        Files.deleteIfExists(file);
    }

    /** Leaves a file in the folder for somebody to look at; it is no waiting record any more. */
    void setAside(Path file) throws IOException {
        Files.move(file, file.resolveSibling(file.getFileName() + ASIDE), StandardCopyOption.ATOMIC_MOVE);
    }

    /** How many wait. */
    public int size() {
        return files().size();
    }

    /** How many files were set aside. */
    int aside() {
        return files(ASIDE).size();
    }

    private List<Path> files(String ending) {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long number(Path file) {
        var name = file.getFileName().toString();
        return Long.parseLong(name.substring(0, DIGITS));
    }
}
