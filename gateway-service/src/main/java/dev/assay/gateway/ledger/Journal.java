// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.ledger;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Calls that the database does not have yet, on this machine's disk: what a call would be if the process died now is written down when it
 * begins, and what it was when it ends. Files are mapped into memory, so that a line costs a copy and no call of the kernel: what stands
 * there is the kernel's from that moment on. Nothing is synced: it outlives the process, however that ends, not the machine. Each process
 * has a folder of its own, locked while it lives; whoever finds one without an owner books what is in it.
 */
final class Journal implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Journal.class);
    private static final String LOCK = "lock";
    private static final String END = ".calls";
    /** Of a folder that nobody has locked yet: it is nobody's journal. */
    private static final String NEW = "new-";
    private static final int FILE = 2 * 1024 * 1024;
    /** Of this a file is made, and all that is behind its last line. */
    private static final byte[] NOTHING = new byte[64 * 1024];
    private static final int MOST_SPARE = 2;
    private static final Duration REST = Duration.ofSeconds(1);

    private final Path folder;
    private final FileChannel lockFile;
    private final FileLock lock;
    private int files;
    private Segment current;
    /** Empty ones, to be written to next. */
    private final Deque<Segment> spares = new ArrayDeque<>(MOST_SPARE);
    private boolean closed;
    /** Until then no new file is tried: the disk took none just now. */
    private long restsUntil = System.nanoTime();

    /**
     * @param all the folder of everybody's folders
     * @param own names the new one among them
     */
    Journal(Path all, UUID own) throws IOException {
        var made = Files.createDirectories(all.resolve(NEW + own));
        lockFile = FileChannel.open(made.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        lock = lockFile.lock();
        // only now, or whoever starts at the same time takes it for one that was left behind
        folder = Files.move(made, all.resolve(own.toString()), StandardCopyOption.ATOMIC_MOVE);
        current = new Segment(0, FILE);
    }

    /** One file, which is needed no more when the database has everything that it holds. */
    private final class Segment {

        private int number;
        private Path path;
        private final Arena arena = Arena.ofShared();
        private final MemorySegment bytes;
        private final AtomicInteger needed = new AtomicInteger(1);
        private long length;

        /** All of it is written once, so that a disk which is full says so here, and not to whoever touches the memory. */
        Segment(int number, long size) throws IOException {
            this.number = number;
            this.path = folder.resolve(name(number));
            try (var channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                for (var left = size; left > 0; ) {
                    left -= channel.write(ByteBuffer.wrap(NOTHING, 0, (int) Math.min(left, NOTHING.length)));
                }
                bytes = channel.map(FileChannel.MapMode.READ_WRITE, 0, size, arena);
            } catch (IOException e) {
                arena.close();
                Files.deleteIfExists(path);
                throw e;
            }
        }

        boolean takes(int more) {
            return length + more <= bytes.byteSize();
        }

        void add(byte[] line, int size) {
            MemorySegment.copy(line, 0, bytes, ValueLayout.JAVA_BYTE, length, size);
            bytes.set(ValueLayout.JAVA_BYTE, length + size, (byte) '\n');
            length += size + 1;
        }

        void takesNoMore() {
            length = bytes.byteSize();
        }

        /** Of its lines one. */
        void release() {
            if (needed.decrementAndGet() == 0 && !isSpare()) {
                goes();
            }
        }

        /**
         * To make a file costs much more than to empty one. It gets its next name here: no call waits for a file system that others make sync.
         */
        private boolean isSpare() {
            try {
                bytes.fill((byte) 0);
                number = wanted(this);
                if (number < 0) {
                    return false;
                }
                path = Files.move(path, folder.resolve(name(number)), StandardCopyOption.ATOMIC_MOVE);
                needed.set(1);
                length = 0;
                return keep(this);
            } catch (InternalError | IOException e) {
                return false; // somebody has cut it, or its disk fails
            }
        }

        void goes() {
            arena.close();
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                log.warn("{} stays: {}", path, e.toString());
            }
        }
    }

    /** A line that stays until it is released. */
    interface Mark {
        /** Nobody needs it any more: the database has the call. */
        void release();
    }

    /** @throws IOException if the disk does not take it: it is not written down then */
    Mark append(byte[] line) throws IOException {
        return append(line, line.length);
    }

    /** @param size of the line, in what may be larger memory */
    synchronized Mark append(byte[] line, int size) throws IOException {
        if (closed) {
            throw new IOException("the journal is closed");
        }
        if (!current.takes(size + 1)) {
            var full = current;
            current = next(Math.max(FILE, size + 1L));
            full.release();
        }
        var segment = current;
        try {
            segment.add(line, size);
        } catch (InternalError e) {
            segment.takesNoMore();
            throw new IOException("the file is not there any more as it was made", e); // somebody has cut it, or its disk fails
        }
        segment.needed.incrementAndGet();
        return segment::release;
    }

    /** As which file one is to be written to next that is empty; -1: there are enough. */
    private synchronized int wanted(Segment empty) {
        return !closed && spares.size() < MOST_SPARE && empty.bytes.byteSize() == FILE ? ++files : -1;
    }

    private synchronized boolean keep(Segment spare) {
        return !closed && spares.add(spare);
    }

    /** What stands in a file counts, whatever stands in those with lower numbers. */
    private Segment next(long size) throws IOException {
        while (size == FILE && !spares.isEmpty()) {
            var spare = spares.removeFirst();
            if (spare.number > current.number) {
                return spare;
            }
            spare.goes();
        }
        if (System.nanoTime() - restsUntil < 0) {
            throw new IOException("the disk took no file just now");
        }
        try {
            return new Segment(++files, size);
        } catch (IOException e) {
            restsUntil = System.nanoTime() + REST.toNanos();
            throw e;
        }
    }

    /** No more is written. A file stays with what is not booked, for whoever finds it. */
    @Override
    public synchronized void close() throws IOException {
        closed = true;
        current.release();
        for (var spare : spares) {
            spare.goes();
        }
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
            for (var folder : folders.filter(Journal::isJournal).sorted().toList()) {
                try {
                    found += recoverOne(folder, book);
                } catch (IOException | RuntimeException e) {
                    log.error("the calls in {} are booked when a gateway starts here again: {}", folder, e.toString());
                }
            }
        }
        return found;
    }

    private static boolean isJournal(Path folder) {
        return Files.isDirectory(folder) && !folder.getFileName().toString().startsWith(NEW);
    }

    /** Keeps a call that the database will never take, for whoever finds out why. */
    static void setAside(Path all, byte[] line) throws IOException {
        Files.createDirectories(all);
        var bytes = Arrays.copyOf(line, line.length + 1);
        bytes[line.length] = '\n';
        Files.write(all.resolve("aside" + END), bytes, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** The ids of the calls that were set aside. */
    static Set<UUID> aside(Path all) throws IOException {
        var file = all.resolve("aside" + END);
        return Files.exists(file) ? Set.copyOf(read(List.of(file)).keySet()) : Set.of();
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
        try (var files = Files.list(folder)) {
            return read(files.filter(path -> path.toString().endsWith(END)).sorted().toList());
        }
    }

    private static Map<UUID, CallRow> read(List<Path> files) throws IOException {
        var calls = new LinkedHashMap<UUID, CallRow>();
        for (var file : files) {
            for (var line : lines(file)) {
                try {
                    var call = CallRow.read(line);
                    calls.put(call.id(), call);
                } catch (JacksonException e) {
                    log.warn("{} has a line that is no call: {}", file, e.getOriginalMessage());
                }
            }
        }
        return calls;
    }

    /** By bytes: a line that was torn inside a character harms no other. What was never written is zeros. */
    private static List<byte[]> lines(Path file) throws IOException {
        var bytes = Files.readAllBytes(file);
        var lines = new ArrayList<byte[]>();
        for (int from = 0, at = 0; at <= bytes.length; at++) {
            if (at == bytes.length || bytes[at] == '\n' || bytes[at] == 0) {
                if (at > from) {
                    lines.add(Arrays.copyOfRange(bytes, from, at));
                }
                from = at + 1;
            }
        }
        return lines;
    }
}
