// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Held while something that several threads and several processes share is made, or cleared away; a holder's death frees it. When its file
 * was written last is when what it stands for was used last.
 */
final class FolderLock implements AutoCloseable {

    static final String ENDING = ".lock";

    private static final int HOLDER_LENGTH = 36;
    private static final byte[] USED = {'\n'};

    private static final Map<Path, ReentrantLock> HERE = new ConcurrentHashMap<>();

    private final ReentrantLock threads;
    private final FileChannel processes;

    private FolderLock(ReentrantLock threads, FileChannel processes) {
        this.threads = threads;
        this.processes = processes;
    }

    static FolderLock hold(Path file) throws IOException, InterruptedException {
        var threads = HERE.computeIfAbsent(file.toAbsolutePath(), path -> new ReentrantLock());
        threads.lockInterruptibly();
        try {
            return new FolderLock(threads, locked(file));
        } catch (IOException | RuntimeException e) {
            threads.unlock();
            throw e;
        }
    }

    /** Whoever had it before may have deleted the file: what is locked counts only if it is what lies there. */
    private static FileChannel locked(Path file) throws IOException {
        while (true) {
            var channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                channel.lock();
                var holder = UUID.randomUUID().toString();
                channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.US_ASCII)), 0);
                if (Files.readString(file).startsWith(holder)) {
                    return channel;
                }
            } catch (NoSuchFileException e) {
                // deleted in between: once more
            } catch (IOException | RuntimeException e) {
                channel.close();
                throw e;
            }
            channel.close();
        }
    }

    /** Says that what it stands for is used, without waiting for anybody: writes behind the holder's name. */
    static void touch(Path file) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(USED), HOLDER_LENGTH);
        }
    }

    /**
     * Clears away what a folder's locks stand for and nobody has used since then, each while its lock is held.
     *
     * @param clear told the lock's name without its ending
     */
    static void clearUnused(Path folder, Instant before, Consumer<String> clear) throws IOException, InterruptedException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> locks = new ArrayList<>();
        try (var files = Files.newDirectoryStream(folder, "*" + ENDING)) {
            files.forEach(locks::add);
        }
        for (var lock : locks) {
            if (isUnused(lock, before)) {
                clear(lock, before, clear);
            }
        }
    }

    private static void clear(Path file, Instant before, Consumer<String> clear) throws IOException, InterruptedException {
        var threads = HERE.computeIfAbsent(file.toAbsolutePath(), path -> new ReentrantLock());
        threads.lockInterruptibly();
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.lock();
            if (isUnused(file, before)) { // still: it may have been waited for
                var name = file.getFileName().toString();
                clear.accept(name.substring(0, name.length() - ENDING.length()));
                Files.deleteIfExists(file);
            }
        } catch (NoSuchFileException e) {
            // another has cleared it away
        } finally {
            threads.unlock();
        }
    }

    private static boolean isUnused(Path file, Instant before) {
        try {
            return Files.getLastModifiedTime(file).toInstant().isBefore(before);
        } catch (IOException e) {
            return false;
        }
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
