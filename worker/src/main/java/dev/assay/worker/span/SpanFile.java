// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.span;

import dev.assay.contracts.RunId;
import dev.assay.sdk.protocol.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Spans of one attempt that wait on disk, in the order in which they came: a line each, behind a first one that says whose they are. What
 * was appended is synced. How far they were sent is not written down: after a restart all are sent again, and those that were taken count
 * once. Not for use by several threads at once. Whoever appends may have been interrupted, for attempts are stopped that way: a channel
 * would be closed by that, a {@link RandomAccessFile} is not.
 */
final class SpanFile {

    private static final Logger LOG = LoggerFactory.getLogger(SpanFile.class);

    private final Path path;
    private final RandomAccessFile file;
    private final Owner owner;
    private final SpanSpool.Space space;
    private final Deque<Integer> lengths = new ArrayDeque<>();
    private long first;
    private long end;

    /** Whose spans they are. The key opens nothing but the run's own timeline once its attempt is over; the file is its owner's alone to read. */
    record Owner(RunId run, String key) {}

    private SpanFile(Path path, RandomAccessFile file, Owner owner, SpanSpool.Space space) {
        this.path = path;
        this.file = file;
        this.owner = owner;
        this.space = space;
    }

    static SpanFile create(Path path, Owner owner, SpanSpool.Space space) throws IOException {
        Files.createFile(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        var made = new SpanFile(path, new RandomAccessFile(path.toFile(), "rw"), owner, space);
        try {
            made.end = made.write(List.of(Json.MAPPER.writeValueAsBytes(owner)));
            made.first = made.end;
            SpanSpool.sync(path.getParent());
            return made;
        } catch (IOException | RuntimeException e) {
            made.delete();
            throw e;
        }
    }

    /** What another process left; what it did not finish writing it did not promise to keep. */
    static SpanFile open(Path path, SpanSpool.Space space) throws IOException {
        var kept = new RandomAccessFile(path.toFile(), "rw");
        try {
            var line = new ByteArrayOutputStream();
            List<Integer> lengths = new ArrayList<>();
            var head = new byte[0];
            var buffer = new byte[1 << 16];
            for (int got = kept.read(buffer); got > 0; got = kept.read(buffer)) {
                for (int i = 0; i < got; i++) {
                    if (buffer[i] != '\n') {
                        line.write(buffer[i]);
                        continue;
                    }
                    if (head.length == 0) {
                        head = line.toByteArray();
                    } else {
                        lengths.add(line.size() + 1);
                    }
                    line.reset();
                }
            }
            var opened = new SpanFile(path, kept, Json.MAPPER.readValue(head, Owner.class), space);
            opened.first = head.length + 1L;
            opened.lengths.addAll(lengths);
            opened.end = opened.first + lengths.stream().mapToLong(Integer::intValue).sum();
            kept.setLength(opened.end);
            space.force(opened.end - opened.first);
            return opened;
        } catch (IOException | RuntimeException e) {
            kept.close();
            throw e;
        }
    }

    Owner owner() {
        return owner;
    }

    boolean isEmpty() {
        return lengths.isEmpty();
    }

    int size() {
        return lengths.size();
    }

    /** @return whether all of them are on disk; if not, none is */
    boolean append(Collection<byte[]> spans) {
        long bytes = spans.stream().mapToLong(span -> span.length + 1L).sum();
        if (!space.take(bytes)) {
            return false;
        }
        try {
            end += write(spans);
            spans.forEach(span -> lengths.add(span.length + 1));
            return true;
        } catch (IOException e) {
            LOG.error("spans of run {} cannot be kept on disk: {}", owner.run(), e.toString());
            space.give(bytes);
            return false;
        }
    }

    private long write(Collection<byte[]> lines) throws IOException {
        var all = new ByteArrayOutputStream();
        for (var line : lines) {
            all.writeBytes(line);
            all.write('\n');
        }
        try {
            file.seek(end);
            file.write(all.toByteArray());
            file.getFD().sync();
            return all.size();
        } catch (IOException e) {
            file.setLength(end);
            throw e;
        }
    }

    /** The oldest, as many as these bounds allow, but one at least if there is one. */
    List<byte[]> peek(int most, long mostBytes) throws IOException {
        List<byte[]> found = new ArrayList<>();
        long at = first;
        for (var length : lengths) {
            if (!found.isEmpty() && (found.size() == most || at + length - first > mostBytes)) {
                break;
            }
            var span = new byte[length - 1];
            file.seek(at);
            file.readFully(span);
            found.add(span);
            at += length;
        }
        return found;
    }

    /** They need to be kept no longer. */
    void remove(int number) {
        for (int i = 0; i < number; i++) {
            int length = lengths.remove();
            first += length;
            space.give(length);
        }
    }

    void delete() {
        remove(lengths.size());
        try (file) {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("spans that need not be kept any longer cannot be deleted: {}", e.toString());
        }
    }

    /** It stays, for whoever starts next. */
    void close() {
        try {
            file.close();
        } catch (IOException e) {
            LOG.warn("{} cannot be closed: {}", path, e.toString());
        }
    }
}
