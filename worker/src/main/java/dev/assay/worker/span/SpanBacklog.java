// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.span;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spans of one attempt that are not taken yet, oldest first: in memory or on disk, never in both. What neither has room for is lost, and
 * counted. Not for use by several threads at once.
 */
final class SpanBacklog {

    private static final Logger LOG = LoggerFactory.getLogger(SpanBacklog.class);
    private static final long LARGEST_BATCH_BYTES = 4 << 20;

    /** Makes the file that spans wait in. */
    interface Disk {
        SpanFile create() throws IOException;
    }

    private final String run;
    private final Disk disk;
    private final SpanCounts counts;
    private final long mostInMemory;

    private final Deque<byte[]> memory = new ArrayDeque<>();
    private long memoryBytes;
    private @Nullable SpanFile file;
    private boolean lost;

    SpanBacklog(String run, Disk disk, SpanCounts counts, long mostInMemory) {
        this.run = run;
        this.disk = disk;
        this.counts = counts;
        this.mostInMemory = mostInMemory;
    }

    /** What another process left. */
    static SpanBacklog left(SpanFile file, SpanCounts counts) {
        var left = new SpanBacklog(file.owner().run().hex(), () -> file, counts, 0);
        left.file = file;
        if (file.isEmpty()) { // it was ended before its first span was on disk
            left.forget();
        }
        return left;
    }

    boolean isEmpty() {
        return memory.isEmpty() && file == null;
    }

    boolean isOnDisk() {
        return file != null;
    }

    int size() {
        return memory.size() + (file == null ? 0 : file.size());
    }

    void add(byte[] span) {
        if (file == null && (memory.isEmpty() || memoryBytes + span.length <= mostInMemory)) {
            memory.add(span);
            memoryBytes += span.length;
        } else if (!isOnDiskWith(List.of(span))) {
            lose();
        }
    }

    private void lose() {
        counts.lost(1);
        if (!lost) {
            lost = true;
            LOG.error("steps of run {} are lost: trace-service does not take them, and neither memory nor disk have room for them", run);
        }
    }

    /** Nothing of it waits in memory any more, unless the disk has no room. */
    void toDisk() {
        if (!memory.isEmpty() && !isOnDiskWith(List.of())) {
            LOG.warn("{} spans of run {} are kept in memory only", memory.size(), run);
        }
    }

    /** In the order in which they came: those in memory are older than these. */
    private boolean isOnDiskWith(List<byte[]> latest) {
        var all = new ArrayList<>(memory);
        all.addAll(latest);
        try {
            var target = file == null ? disk.create() : file;
            if (!target.append(all)) {
                if (file == null) {
                    target.delete();
                }
                return false;
            }
            file = target;
            memory.clear();
            memoryBytes = 0;
            counts.spooled(all.size());
            return true;
        } catch (IOException e) {
            LOG.error("spans of run {} cannot be kept on disk: {}", run, e.toString());
            return false;
        }
    }

    /** The oldest: as many, and of as many bytes, as make a batch; one at least if there is one. */
    List<byte[]> oldest(int most) {
        if (file == null) {
            return oldestInMemory(most);
        }
        try {
            return file.peek(most, LARGEST_BATCH_BYTES);
        } catch (IOException e) {
            LOG.error("{} spans of run {} are lost: they cannot be read from disk again", file.size(), run, e);
            counts.lost(file.size());
            forget();
            return List.of();
        }
    }

    private List<byte[]> oldestInMemory(int most) {
        List<byte[]> found = new ArrayList<>();
        long bytes = 0;
        for (var span : memory) {
            bytes += span.length;
            if (!found.isEmpty() && (found.size() == most || bytes > LARGEST_BATCH_BYTES)) {
                break;
            }
            found.add(span);
        }
        return found;
    }

    /** The oldest need to wait no longer. */
    void remove(int number) {
        if (file == null) {
            for (int i = 0; i < number; i++) {
                memoryBytes -= memory.remove().length;
            }
            return;
        }
        file.remove(number);
        if (file.isEmpty()) {
            forget();
        }
    }

    void forget() {
        memory.clear();
        memoryBytes = 0;
        if (file != null) {
            file.delete();
            file = null;
        }
    }

    /** To the next process, as far as it is on disk. */
    void leave() {
        counts.lost(memory.size());
        memory.clear();
        if (file != null) {
            file.close();
        }
    }
}
