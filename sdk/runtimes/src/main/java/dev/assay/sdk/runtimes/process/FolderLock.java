// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Held while something that several threads and several processes share is made, or cleared away; a holder's death frees it. Its file is
 * opened by its holder alone and never deleted: whoever closes a file gives up all locks that the process has on it. When it was used
 * last is the time of another file beside it.
 */
final class FolderLock implements AutoCloseable {

    static final String ENDING = ".lock";

    private static final String USED = ".used";

    private static final Logger LOG = LoggerFactory.getLogger(FolderLock.class);
    private static final Map<Path, ReentrantLock> HERE = new ConcurrentHashMap<>();

    private final ReentrantLock threads;
    private final FileChannel processes;

    private FolderLock(ReentrantLock threads, FileChannel processes) {
        this.threads = threads;
        this.processes = processes;
    }

    /** Counts as a use. */
    static FolderLock hold(Path file) throws IOException, InterruptedException {
        var lock = lock(file);
        try {
            write(used(file), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            return lock;
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static FolderLock lock(Path file) throws IOException, InterruptedException {
        var threads = HERE.computeIfAbsent(file.toAbsolutePath(), path -> new ReentrantLock());
        threads.lockInterruptibly();
        try {
            var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                channel.lock();
                return new FolderLock(threads, channel);
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            threads.unlock();
            throw e;
        }
    }

    /** Says that what it stands for is used, without waiting for anybody. False if it was cleared away, or is just about to be. */
    static boolean touch(Path file) {
        try {
            write(used(file), StandardOpenOption.WRITE);
            return Files.exists(used(file));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Clears away what a folder's locks stand for and nobody has used since then, each while its lock is held.
     *
     * @param clear told the lock's name without its ending; false if something was left
     */
    static void clearUnused(Path folder, Instant before, Predicate<String> clear) throws IOException, InterruptedException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> marks = new ArrayList<>();
        try (var files = Files.newDirectoryStream(folder, "*" + USED)) {
            files.forEach(marks::add);
        }
        for (var mark : marks) {
            try {
                if (isOlder(mark, before)) {
                    clear(mark, before, clear);
                }
            } catch (IOException e) {
                LOG.warn("{} cannot be cleared away now: {}", mark, e.toString());
            }
        }
    }

    private static void clear(Path mark, Instant before, Predicate<String> clear) throws IOException, InterruptedException {
        var name = mark.getFileName().toString();
        name = name.substring(0, name.length() - USED.length());
        try (var lock = lock(mark.resolveSibling(name + ENDING))) {
            // moved first: who says until now that it is used is heard, and who comes later sees that it goes
            var going = mark.resolveSibling(name + ".going");
            Files.move(mark, going, StandardCopyOption.ATOMIC_MOVE);
            if (!isOlder(going, before) || !clear.test(name)) {
                Files.move(going, mark, StandardCopyOption.ATOMIC_MOVE);
                return;
            }
            Files.deleteIfExists(going);
        } catch (NoSuchFileException e) {
            // another has cleared it away
        }
    }

    private static boolean isOlder(Path mark, Instant before) throws IOException {
        try {
            return Files.getLastModifiedTime(mark).toInstant().isBefore(before);
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static void write(Path mark, StandardOpenOption... how) throws IOException {
        try (var channel = FileChannel.open(mark, how)) {
            channel.write(ByteBuffer.wrap(new byte[] {'\n'}), 0);
        }
    }

    private static Path used(Path file) {
        var name = file.getFileName().toString();
        return file.resolveSibling(name.substring(0, name.length() - ENDING.length()) + USED);
    }

    @Override
    public void close() throws IOException {
        try {
            processes.close();
        } finally {
            threads.unlock();
        }
    }
}
