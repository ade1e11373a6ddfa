// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.span;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where spans wait that could not be sent yet: a file for each attempt, in a folder of this process, whose lock tells others that it lives.
 * What processes left that live no longer is taken over.
 */
final class SpanSpool implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SpanSpool.class);
    private static final String LOCK = "lock";
    private static final String SPANS = ".spans";
    private static final String UNNAMED = ".new";

    /** Locks belong to the process: opening and closing a file that this process has locked would give the lock up. */
    private static final Set<Path> HERE = ConcurrentHashMap.newKeySet();

    private final Path parent;
    private final Path folder;
    private final FileChannel lock;
    private final Space space;

    SpanSpool(Path parent, long mostBytes) throws IOException {
        var mine = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
        this.parent = Files.createDirectories(parent, mine).toRealPath();
        this.folder = this.parent.resolve(UUID.randomUUID().toString());
        this.space = new Space(mostBytes);
        HERE.add(folder);
        // It gets its name when its lock is held: before that it would look like one that somebody left.
        var unnamed = Files.createDirectory(this.parent.resolve(folder.getFileName() + UNNAMED), mine);
        this.lock = FileChannel.open(unnamed.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        lock.lock();
        Files.move(unnamed, folder, StandardCopyOption.ATOMIC_MOVE);
        sync(this.parent);
    }

    /** What all files together may hold of the disk, and hold. */
    static final class Space {

        private final long most;
        private final AtomicLong taken = new AtomicLong();

        Space(long most) {
            this.most = most;
        }

        boolean take(long bytes) {
            long have;
            do {
                have = taken.get();
                if (have + bytes > most) {
                    return false;
                }
            } while (!taken.compareAndSet(have, have + bytes));
            return true;
        }

        /** For what is there already, whether it fits or not. */
        void force(long bytes) {
            taken.addAndGet(bytes);
        }

        void give(long bytes) {
            taken.addAndGet(-bytes);
        }

        long taken() {
            return taken.get();
        }
    }

    Space space() {
        return space;
    }

    SpanFile create(SpanFile.Owner owner) throws IOException {
        return SpanFile.create(folder.resolve(owner.run().hex() + "-" + UUID.randomUUID() + SPANS), owner, space);
    }

    /** What others left that live no longer, from now on here. */
    List<SpanFile> left() {
        List<SpanFile> found = new ArrayList<>();
        try (var folders = Files.list(parent)) {
            for (var left : folders.filter(other -> !HERE.contains(other) && !other.toString().endsWith(UNNAMED)).sorted().toList()) {
                takeOver(left, found);
            }
        } catch (IOException e) {
            LOG.error("spans that others left in {} cannot be looked for", parent, e);
        }
        return found;
    }

    private void takeOver(Path left, List<SpanFile> found) {
        try (var owner = FileChannel.open(left.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (owner.tryLock() == null) {
                return;
            }
            try (var files = Files.list(left)) {
                for (var file : files.filter(file -> file.toString().endsWith(SPANS)).toList()) {
                    var here = Files.move(file, folder.resolve(file.getFileName()), StandardCopyOption.ATOMIC_MOVE);
                    open(here, found);
                }
            }
            sync(folder);
            Files.deleteIfExists(left.resolve(LOCK));
            Files.deleteIfExists(left);
        } catch (IOException e) {
            LOG.error("spans that another left in {} cannot be taken over", left, e);
        }
    }

    /** One that cannot be read stays where it is, for people to look at. */
    private void open(Path file, List<SpanFile> found) {
        try {
            found.add(SpanFile.open(file, space));
        } catch (IOException | RuntimeException e) {
            LOG.error("the spans in {} cannot be read, and are left there", file, e);
        }
    }

    /** A name must be as durable as the content, also if the thread was interrupted, which closes a channel: it is told so afterwards. */
    static void sync(Path folder) throws IOException {
        var interrupted = Thread.interrupted();
        try {
            while (!isSynced(folder)) {
                interrupted |= Thread.interrupted();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Not if an interrupt came meanwhile. */
    private static boolean isSynced(Path folder) throws IOException {
        try (var directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
            return true;
        } catch (ClosedByInterruptException e) {
            return false;
        }
    }

    /** What waits stays, for whoever starts next. */
    @Override
    public void close() throws IOException {
        lock.close();
        HERE.remove(folder);
        try (var files = Files.list(folder)) {
            if (files.noneMatch(file -> file.toString().endsWith(SPANS))) {
                Files.deleteIfExists(folder.resolve(LOCK));
                Files.deleteIfExists(folder);
            }
        }
    }
}
