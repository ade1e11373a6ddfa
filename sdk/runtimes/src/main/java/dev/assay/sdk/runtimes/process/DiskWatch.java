// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends sandboxes that hold more of the disk than they may. Their folders are measured again and again: file systems that keep quotas of
 * folders are rare, and a disk image of its own for each would cost more than a sandbox does. Each has a thread of its own, so that one
 * that takes long to measure delays nobody else's measuring.
 */
final class DiskWatch {

    private static final Logger LOG = LoggerFactory.getLogger(DiskWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(2);
    private static final Duration AT_LEAST_EVERY = Duration.ofSeconds(20);

    /** Where there is much to measure, measuring must not become the machine's work. */
    private static final int PART_OF_THE_TIME = 10;

    /** What is kept free for everybody else, of a large disk and of a small one. */
    private static final long RESERVE = 1L << 30;

    private static final int RESERVE_PART = 50;
    private static final Duration COMES_BACK_WITHIN = Duration.ofMinutes(1);

    /** One sandbox, and what it held when it was last measured. */
    private static final class Watched {
        final RunningSandbox process;
        final List<Path> folders;
        final long mostBytes;
        volatile long bytes;

        Watched(RunningSandbox process, List<Path> folders, long mostBytes) {
            this.process = process;
            this.folders = folders;
            this.mostBytes = mostBytes;
        }
    }

    private final FolderSize size = FolderSize.measured();
    private final Path disk;
    private final Set<Watched> watched = new HashSet<>();
    private @Nullable Thread thread;

    /** @param disk a folder on the disk of which a reserve is kept free */
    DiskWatch(Path disk) {
        this.disk = disk;
    }

    /**
     * Until it ends.
     *
     * @param folders its own, and then what else it may write to
     */
    synchronized void watch(RunningSandbox process, List<Path> folders, long mostBytes) {
        var one = new Watched(process, folders, mostBytes);
        watched.add(one);
        start("disk-watch", () -> look(one));
        if (thread == null) {
            thread = start("disk-reserve", this::keepReserve);
        }
    }

    /** A platform thread: it waits for the disk most of its time, and must not hold up what is answered meanwhile. */
    private static Thread start(String name, Runnable task) {
        return Thread.ofPlatform().daemon().name(name).start(task);
    }

    private void look(Watched one) {
        try {
            var pause = EVERY;
            while (!one.process.waitFor(pause)) {
                long begun = System.nanoTime();
                endIfOver(one);
                var took = Duration.ofNanos(System.nanoTime() - begun).multipliedBy(PART_OF_THE_TIME);
                pause = Collections.max(List.of(EVERY, Collections.min(List.of(AT_LEAST_EVERY, took))));
            }
        } catch (InterruptedException e) {
            // nobody wants to know any more
        }
    }

    private void endIfOver(Watched one) throws InterruptedException {
        try {
            long bytes = UnlinkedFiles.bytes(one.process.processes(), one.folders, size.deadline());
            for (var folder : one.folders) {
                bytes += size.of(folder);
            }
            one.bytes = bytes;
            if (bytes > one.mostBytes) {
                end(one, "it held " + (bytes >> 20) + " MiB of the disk, more than the " + (one.mostBytes >> 20)
                        + " MiB that it may (storage_mb), and was ended");
            }
        } catch (FolderSize.Immeasurable e) {
            end(one, "it " + e.getMessage() + ", so what it held of the disk was not known, and was ended");
        } catch (IOException | RuntimeException e) { // the next round may do better
            if (one.process.alive()) {
                LOG.warn("what a sandbox holds of the disk cannot be measured: {}", e.toString());
            }
        }
    }

    /** What has ended by itself meanwhile was being deleted while it was measured. */
    private static void end(Watched one, String why) {
        if (one.process.alive()) {
            one.process.end(why);
        }
    }

    /**
     * Whatever measuring misses: who fills the disk takes it from the platform, too. One is ended at a time, and the next only when the
     * space of the last has come back, or does not.
     */
    private void keepReserve() {
        @Nullable Watched ended = null;
        long endedAt = 0;
        while (true) {
            try {
                Thread.sleep(EVERY);
                List<Watched> living;
                synchronized (this) {
                    watched.removeIf(one -> !one.process.alive());
                    if (watched.isEmpty()) {
                        thread = null;
                        return;
                    }
                    living = List.copyOf(watched);
                }
                var store = Files.getFileStore(disk);
                long left = store.getUsableSpace();
                boolean comesBack = ended != null && Files.exists(ended.folders.getFirst(), LinkOption.NOFOLLOW_LINKS)
                        && System.nanoTime() - endedAt < COMES_BACK_WITHIN.toNanos();
                if (left < reserve(store.getTotalSpace()) && !comesBack) {
                    ended = Collections.max(living, Comparator.comparingLong(one -> one.bytes));
                    endedAt = System.nanoTime();
                    end(ended, "the machine's disk had only " + (left >> 20) + " MiB left; of all sandboxes it held most, "
                            + (ended.bytes >> 20) + " MiB, and was ended");
                }
            } catch (IOException | RuntimeException e) {
                LOG.warn("what is left of the disk cannot be measured: {}", e.toString());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    static long reserve(long diskBytes) {
        return Math.min(RESERVE, diskBytes / RESERVE_PART);
    }
}
