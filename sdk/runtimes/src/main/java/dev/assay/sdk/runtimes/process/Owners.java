// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who lives, of those that share a folder of sandboxes. Each holds a lock on a file of its own for as long as it runs: the kernel lets
 * go of it however the process ends, and no number can be mistaken for another's, not even across containers.
 */
final class Owners implements AutoCloseable {

    /** Locks belong to the process: opening and closing a file that this process has locked would give the lock up. */
    private static final Set<String> HERE = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final String self = UUID.randomUUID().toString();
    private final FileChannel lock;

    Owners(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        HERE.add(self);
        lock = locked();
    }

    /**
     * Between its making and its locking a mark looks like a dead one's, and a neighbour that clears up may delete it: the lock would
     * then be one on nothing. So it counts only if what was locked is what lies there.
     */
    private FileChannel locked() throws IOException {
        var mark = folder.resolve(self);
        while (true) {
            var channel = FileChannel.open(mark, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            channel.lock();
            try {
                var written = channel.write(ByteBuffer.wrap(self.getBytes(StandardCharsets.UTF_8)), 0);
                if (Files.size(mark) == written) {
                    return channel;
                }
            } catch (NoSuchFileException e) {
                // deleted in between: once more
            }
            channel.close();
        }
    }

    String self() {
        return self;
    }

    boolean lives(String owner) {
        return HERE.contains(owner) || Files.exists(folder.resolve(owner)) && !isFree(folder.resolve(owner), false);
    }

    /** Removes the marks of those that are gone; call it once nothing of theirs is left. */
    void forgetTheDead() {
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                if (!HERE.contains(file.getFileName().toString())) {
                    forgetIfDead(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sockets first: the mark is what leads to them. */
    private static void forgetIfDead(Path mark) {
        if (isFree(mark, false)) {
            SocketFolder.of(mark.getFileName().toString()).delete();
            isFree(mark, true);
        }
    }

    /** Whether nobody holds the mark; then it may be deleted, while we hold it: it may be one that is just being made. */
    private static boolean isFree(Path mark, boolean delete) {
        synchronized (HERE) { // two threads of one process that ask for the same lock are an error to the library
            try (var channel = FileChannel.open(mark, StandardOpenOption.WRITE)) {
                boolean free = channel.tryLock() != null;
                if (free && delete) {
                    Files.deleteIfExists(mark);
                }
                return free;
            } catch (IOException e) {
                return true;
            }
        }
    }

    @Override
    public void close() {
        try {
            lock.close();
            Files.deleteIfExists(folder.resolve(self));
        } catch (IOException e) {
            // a mark without a lock says the same
        }
        HERE.remove(self);
    }
}
