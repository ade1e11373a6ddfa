// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Calls that the database does not have yet, on this machine's disk: what a call would be if the process died now is written down when it
 * begins, and what it was when it ends. Nothing is synced: it outlives the process, however that ends, not the machine. Each process has a
 * folder of its own, locked while it lives; whoever finds one without an owner books what is in it.
 */
final class Journal implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Journal.class);
    private static final String LOCK = "lock";
    private static final String END = ".calls";
    private static final int LARGEST_FILE = 1024 * 1024;

    private final Path folder;
    private final FileChannel lockFile;
    private final FileLock lock;
    private int files;
    private Segment current;

    /**
     * @param all the folder of everybody's folders
     * @param own names the new one among them
     */
    Journal(Path all, UUID own) throws IOException {
        folder = Files.createDirectories(all.resolve(own.toString()));
        lockFile = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        lock = lockFile.lock();
        current = new Segment(folder.resolve(name(0)));
    }

    /** One file, which can go when the database has everything that it holds. */
    private static final class Segment {

        private final Path path;
        private final FileChannel channel;
        private final AtomicInteger needed = new AtomicInteger(1);
        private long length;

        Segment(Path path) throws IOException {
            this.path = path;
            this.channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        }

        void release() {
            if (needed.decrementAndGet() == 0) {
                try {
                    channel.close();
                    Files.deleteIfExists(path);
                } catch (IOException e) {
                    log.warn("{} stays: {}", path, e.toString());
                }
            }
        }
    }

    /** A line that stays until it is released. */
    interface Mark {
        /** Nobody needs it any more: the database has the call. */
        void release();
    }

    /** @throws IOException if the disk does not take it: it is not written down then */
    synchronized Mark append(byte[] line) throws IOException {
        // a thread that is interrupted while it writes closes the file for all
        if (current.length > LARGEST_FILE || !current.channel.isOpen()) {
            var full = current;
            current = new Segment(folder.resolve(name(++files)));
            full.release();
        }
        var segment = current;
        var bytes = ByteBuffer.allocate(line.length + 1).put(line).put((byte) '\n').flip();
        try {
            while (bytes.hasRemaining()) {
                segment.channel.write(bytes);
            }
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException e) {
            segment.channel.truncate(segment.length);
            throw e;
        }
        segment.length += line.length + 1;
        segment.needed.incrementAndGet();
        return segment::release;
    }

    /** No more is written. A file stays with what is not booked, for whoever finds it. */
    @Override
    public synchronized void close() throws IOException {
        current.release();
        lock.release();
        lockFile.close();
        try (var left = Files.list(folder)) {
            if (left.allMatch(file -> file.getFileName().toString().equals(LOCK))) {
                Files.deleteIfExists(folder.resolve(LOCK));
                Files.deleteIfExists(folder);
            }
        }
    }

    private static String name(int number) {
        return "%08d".formatted(number) + END;
    }

    /** What is done with the calls of a process that died; its journal goes afterwards, unless that fails. */
    interface Book {
        void all(List<CallRow> calls);
    }

    /**
     * Books what processes left behind that are no more. Before this process has a journal of its own: to look at a lock of one's own gives
     * it up. A folder that cannot be booked stays, and keeps no other from being booked.
     *
     * @return how many calls there were
     */
    static int recover(Path all, Book book) throws IOException {
        if (!Files.isDirectory(all)) {
            return 0;
        }
        var found = 0;
        try (var folders = Files.list(all)) {
            for (var folder : folders.filter(Files::isDirectory).sorted().toList()) {
                try {
                    found += recoverOne(folder, book);
                } catch (IOException | RuntimeException e) {
                    log.error("the calls in {} are booked when a gateway starts here again: {}", folder, e.toString());
                }
            }
        }
        return found;
    }

    /** Keeps a call that the database will never take, for whoever finds out why. */
    static void setAside(Path all, byte[] line) throws IOException {
        Files.createDirectories(all);
        var bytes = Arrays.copyOf(line, line.length + 1);
        bytes[line.length] = '\n';
        Files.write(all.resolve("aside" + END), bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static int recoverOne(Path folder, Book book) throws IOException {
        try (var channel = FileChannel.open(folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var owned = channel.tryLock()) {
            if (owned == null) {
                return 0;
            }
            var calls = read(folder);
            book.all(List.copyOf(calls.values()));
            try (var files = Files.list(folder)) {
                for (var file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
            return calls.size();
        } catch (OverlappingFileLockException e) {
            // another one of this process
            return 0;
        }
    }

    /** Of a call that has two lines the later one counts. A line that was cut off in the middle was never told to anybody. */
    private static Map<UUID, CallRow> read(Path folder) throws IOException {
        var calls = new LinkedHashMap<UUID, CallRow>();
        try (var files = Files.list(folder)) {
            for (var file : files.filter(path -> path.toString().endsWith(END)).sorted().toList()) {
                for (var line : lines(file)) {
                    try {
                        var call = CallRow.read(line);
                        calls.put(call.id(), call);
                    } catch (JacksonException e) {
                        log.warn("{} has a line that is no call: {}", file, e.getOriginalMessage());
                    }
                }
            }
        }
        return calls;
    }

    /** By bytes: a line that was torn inside a character harms no other. */
    private static List<byte[]> lines(Path file) throws IOException {
        var bytes = Files.readAllBytes(file);
        var lines = new ArrayList<byte[]>();
        for (int from = 0, at = 0; at <= bytes.length; at++) {
            if (at == bytes.length || bytes[at] == '\n') {
                if (at > from) {
                    lines.add(Arrays.copyOfRange(bytes, from, at));
                }
                from = at + 1;
            }
        }
        return lines;
    }
}
