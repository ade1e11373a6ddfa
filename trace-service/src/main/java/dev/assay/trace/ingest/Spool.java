// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import java.io.ByteArrayOutputStream;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Records on disk that the broker did not take, oldest first by the names of their files, synced before {@link #append} returns. A sync
 * takes as long for many records as for one, so what comes during one goes into the next file together. Several processes may share
 * the folder.
 */
public final class Spool {

    private static final String READY = ".event";
    private static final String PART = ".part";
    private static final String ASIDE = ".aside";
    private static final int LONGEST_LINE = 1000;
    private static final int DIGITS = 19;

    /** Of a file, but for its last record. Files are read whole. */
    private static final int ENOUGH = 1 << 20;

    private final Path folder;
    private final long limit;
    private final AtomicLong bytes = new AtomicLong();
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
    private final ReentrantLock writing = new ReentrantLock();
    private long next;

    /** @param limit of what waits, in bytes: more is not taken */
    Spool(Path folder, long limit) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.limit = limit;
        var files = files();
        next = files.isEmpty() ? 0 : number(files.getLast()) + 1;
        for (var file : files) {
            bytes.addAndGet(Files.size(file));
        }
    }

    /** @param key of the record: the run's id */
    record Entry(String key, byte[] value) {

        private byte[] line() {
            return (key + ' ' + value.length + '\n').getBytes(StandardCharsets.UTF_8);
        }
    }

    /** A record that is to be written. What became of it is known to whoever holds {@link #writing}. */
    private static final class Waiting {

        private final Entry entry;
        private boolean over;
        private @Nullable Throwable failure;

        private Waiting(Entry entry) {
            this.entry = entry;
        }

        private void ends(@Nullable Throwable why) {
            over = true;
            failure = why;
        }
    }

    /**
     * Returns once all of them are on disk.
     *
     * @throws IOException if not all are: some may be
     */
    void append(List<Entry> entries) throws IOException {
        var mine = entries.stream().map(Waiting::new).toList();
        waiting.addAll(mine);
        writing.lock();
        try {
            while (!mine.stream().allMatch(one -> one.over)) {
                writeNext();
            }
        } finally {
            writing.unlock();
        }
        for (var one : mine) {
            if (one.failure != null) {
                throw new IOException(one.failure.getMessage(), one.failure);
            }
        }
    }

    private void writeNext() {
        var file = new ArrayList<Waiting>();
        var content = new ByteArrayOutputStream();
        for (Waiting one; content.size() < ENOUGH && (one = waiting.poll()) != null; ) {
            var line = one.entry.line();
            if (bytes.get() + content.size() + line.length + one.entry.value().length > limit) {
                one.ends(new IOException("the spool holds " + limit + " bytes, and no more"));
            } else {
                content.writeBytes(line);
                content.writeBytes(one.entry.value());
                file.add(one);
            }
        }
        if (file.isEmpty()) {
            return;
        }
        Throwable failure = null;
        try {
            write(content.toByteArray());
            bytes.addAndGet(content.size());
        } catch (IOException | RuntimeException | Error e) {
            failure = e; // whoever waits is told
        }
        for (var one : file) {
            one.ends(failure);
        }
    }

    private void write(byte[] content) throws IOException {
        var name = ("%0" + DIGITS + "d-%s").formatted(next++, UUID.randomUUID());
        var part = folder.resolve(name + PART);
        try {
            try (var channel = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                for (var left = ByteBuffer.wrap(content); left.hasRemaining(); ) {
                    channel.write(left);
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
     * The records of a file. None: another process was quicker.
     *
     * @throws StreamCorruptedException if it does not hold records, now or ever
     */
    List<Entry> read(Path file) throws IOException {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (NoSuchFileException gone) {
            return List.of();
        }
        var entries = new ArrayList<Entry>();
        for (var at = 0; at < content.length || at == 0; ) {
            var from = endOfLine(content, at) + 1;
            var line = new String(content, at, from - 1 - at, StandardCharsets.UTF_8).split(" ", 2);
            // once there was one record to a file, which had no length
            var length = line.length == 1 ? content.length - from : length(line[1]);
            if (length < 0 || length > content.length - from) {
                throw new StreamCorruptedException("a record's length is not that of what follows");
            }
            entries.add(new Entry(line[0], Arrays.copyOfRange(content, from, from + length)));
            at = from + length;
        }
        return entries;
    }

    private static int endOfLine(byte[] content, int from) throws StreamCorruptedException {
        for (var at = from; at < Math.min(content.length, from + LONGEST_LINE); at++) {
            if (content[at] == '\n') {
                return at;
            }
        }
        throw new StreamCorruptedException("where a record should be there is no key");
    }

    private static int length(String word) {
        try {
            return Integer.parseInt(word);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    void remove(Path file) throws IOException {
        try {
            var size = Files.size(file);
            if (Files.deleteIfExists(file)) {
                bytes.addAndGet(-size);
            }
        } catch (NoSuchFileException gone) {
            // another process was quicker
        }
    }

    /** Leaves a file in the folder for somebody to look at; it is no waiting record any more. */
    void setAside(Path file) throws IOException {
        var size = Files.size(file);
        Files.move(file, file.resolveSibling(file.getFileName() + ASIDE), StandardCopyOption.ATOMIC_MOVE);
        bytes.addAndGet(-size);
    }

    /** How many files wait. */
    public int size() {
        return files().size();
    }

    /** What waits, as far as this process knows. */
    long bytes() {
        return bytes.get();
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
