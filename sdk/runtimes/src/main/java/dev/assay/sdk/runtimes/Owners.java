// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
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
        lock = FileChannel.open(folder.resolve(self), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        lock.lock();
    }

    String self() {
        return self;
    }

    boolean lives(String owner) {
        if (HERE.contains(owner)) {
            return true;
        }
        var file = folder.resolve(owner);
        if (!Files.exists(file)) {
            return false;
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            var free = channel.tryLock();
            return free == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** Removes the marks of those that are gone; call it once nothing of theirs is left. */
    void forgetTheDead() {
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                if (!lives(file.getFileName().toString())) {
                    SocketFolder.of(file.getFileName().toString()).delete();
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
