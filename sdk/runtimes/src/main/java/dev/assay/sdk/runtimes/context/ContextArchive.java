// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.context;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Reads a context, a tar.gz, from end to end, and refuses what no client of ours would send. Whoever takes a context and whoever unpacks
 * it reads it here: so one cannot accept what the other would do something else with.
 */
public final class ContextArchive {

    private static final int READ_AT_ONCE = 64 * 1024;
    private static final int BLOCK = 512;

    /** Names and extended headers are held in memory by the library, however long they say that they are. */
    private static final long LONGEST_HEADER = 1 << 20;

    private final ContextLimits limits;

    public ContextArchive(ContextLimits limits) {
        this.limits = limits;
    }

    /**
     * The names of the files that lie in no folder.
     *
     * @throws ContextRefused if it should not be unpacked
     */
    public Set<String> check(InputStream content) throws IOException {
        return read(content, new Nowhere()).filesOnTop();
    }

    /**
     * Writes it to an empty folder. If it fails, something may lie there already, but nothing outside.
     *
     * @throws ContextRefused if it should not be unpacked
     */
    public void unpack(InputStream content, Path folder) throws IOException {
        var tree = read(content, new Unpacked(folder));
        // Only now: while there was no link, nothing could be written through one.
        for (var link : tree.links().entrySet()) {
            var made = path(folder, link.getKey());
            Files.createDirectories(made.getParent());
            Files.createSymbolicLink(made, BytePaths.relative(link.getValue()));
        }
    }

    /** Where the content of an archive goes. */
    private sealed interface Target {

        void folder(String path) throws IOException;

        void file(String path, boolean executable, InputStream content) throws IOException;

        void copy(String path, String original) throws IOException;
    }

    private record Nowhere() implements Target {

        @Override
        public void folder(String path) {}

        @Override
        public void file(String path, boolean executable, InputStream content) throws IOException {
            content.transferTo(OutputStream.nullOutputStream());
        }

        @Override
        public void copy(String path, String original) {}
    }

    private record Unpacked(Path root) implements Target {

        @Override
        public void folder(String path) throws IOException {
            Files.createDirectories(path(root, path));
        }

        @Override
        public void file(String path, boolean executable, InputStream content) throws IOException {
            var file = path(root, path);
            Files.createDirectories(file.getParent());
            Files.copy(content, file);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        }

        @Override
        public void copy(String path, String original) throws IOException {
            var file = path(root, path);
            Files.createDirectories(file.getParent());
            Files.copy(path(root, original), file, StandardCopyOption.COPY_ATTRIBUTES);
        }
    }

    private static Path path(Path root, String path) {
        return BytePaths.below(root, path);
    }

    private ContextTree read(InputStream content, Target target) throws IOException {
        try (var unpacked = new Limited(unzip(content), limits.bytes());
                var tar = new TarArchiveInputStream(unpacked, "ISO-8859-1")) {
            var tree = new ContextTree(limits);
            int entries = 0;
            for (TarArchiveEntry entry; (entry = next(tar, unpacked)) != null; ) {
                if (++entries > limits.entries()) {
                    throw new ContextRefused("has more than " + limits.entries() + " entries");
                }
                if (!entry.isCheckSumOK()) {
                    throw new ContextRefused("is no tar archive: a header's checksum is wrong");
                }
                var names = EntryNames.of(unpacked.header(), entry.getLinkFlag());
                take(entry, names, tar, tree, target);
                drain(tar, names);
            }
            if (entries == 0) {
                throw new ContextRefused("is no tar archive, or an empty one");
            }
            // What follows the last entry is read too: only then is the checksum of the whole known to be right.
            unpacked.transferTo(OutputStream.nullOutputStream());
            tree.check();
            return tree;
        } catch (EOFException e) {
            throw new ContextRefused("is cut off: it ends before its end");
        } catch (ZipException e) {
            throw new ContextRefused("is damaged: " + e.getMessage());
        }
    }

    private static InputStream unzip(InputStream content) throws IOException {
        try {
            return new GZIPInputStream(content, READ_AT_ONCE);
        } catch (ZipException | EOFException e) {
            content.close();
            throw new ContextRefused("is not compressed with gzip");
        }
    }

    private static TarArchiveEntry next(TarArchiveInputStream tar, Limited unpacked) throws IOException {
        try {
            unpacked.expectHeader();
            return tar.getNextEntry();
        } catch (EOFException | ZipException | ContextRefused e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            throw new ContextRefused("is no tar archive that can be read: " + e.getMessage());
        } finally {
            unpacked.expectContent();
        }
    }

    private static void take(TarArchiveEntry entry, EntryNames names, TarArchiveInputStream tar, ContextTree tree, Target target)
            throws IOException {
        var name = names.name();
        if (entry.isSparse()) {
            throw new ContextRefused(name, "is a sparse file");
        }
        switch (entry.getLinkFlag()) {
            case TarConstants.LF_DIR -> target.folder(tree.folder(name));
            case TarConstants.LF_OLDNORM, TarConstants.LF_NORMAL, TarConstants.LF_CONTIG -> {
                if (name.endsWith("/")) { // so old archives mark their folders
                    target.folder(tree.folder(name));
                } else {
                    target.file(tree.file(name, entry.getSize()), (entry.getMode() & 0111) != 0, tar);
                }
            }
            case TarConstants.LF_SYMLINK -> tree.link(name, names.link());
            case TarConstants.LF_LINK ->
                target.copy(tree.hardLink(name, names.link()), tree.hardLinkTarget(name, names.link()));
            default -> throw new ContextRefused(name, "is a device or something else that is neither file, folder nor link");
        }
    }

    private static void drain(TarArchiveInputStream tar, EntryNames names) throws IOException {
        try {
            tar.transferTo(OutputStream.nullOutputStream());
        } catch (EOFException | ZipException | ContextRefused e) {
            throw e;
        } catch (IOException e) {
            throw new ContextRefused(names.name(), "is cut off");
        }
    }

    /** Stops a small archive from unpacking to something huge, and a header from being as long as it likes; and keeps the header's bytes. */
    private static final class Limited extends FilterInputStream {

        private final long limit;
        private long read;
        private int padding;
        private long headerEnds = Long.MAX_VALUE;
        private final ByteArrayOutputStream header = new ByteArrayOutputStream();

        Limited(InputStream in, long limit) {
            super(in);
            this.limit = limit;
        }

        void expectHeader() {
            headerEnds = read + LONGEST_HEADER;
            header.reset();
            padding = (int) (-read & BLOCK - 1);
        }

        void expectContent() {
            headerEnds = Long.MAX_VALUE;
        }

        /** What was read as a header, without the rest of the block before it. */
        byte[] header() {
            var bytes = header.toByteArray();
            return Arrays.copyOfRange(bytes, Math.min(padding, bytes.length), bytes.length);
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int n = super.read(buffer, offset, length);
            count(Math.max(n, 0));
            if (n > 0 && headerEnds != Long.MAX_VALUE) {
                header.write(buffer, offset, n);
            }
            return n;
        }

        @Override
        public long skip(long n) throws IOException {
            int got = read(new byte[(int) Math.clamp(n, 0, READ_AT_ONCE)]);
            return Math.max(got, 0);
        }

        private void count(long n) throws ContextRefused {
            read += n;
            if (read > headerEnds) {
                throw new ContextRefused("has a header of more than " + LONGEST_HEADER + " bytes");
            }
            if (read > limit) {
                throw new ContextRefused("unpacks to more than " + limit + " bytes");
            }
        }
    }
}
