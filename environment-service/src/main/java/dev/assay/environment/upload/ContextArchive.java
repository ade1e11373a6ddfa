// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment.upload;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Reads an uploaded context from end to end, without unpacking it, and refuses what no client of ours would send. */
final class ContextArchive {

    private static final int READ_AT_ONCE = 64 * 1024;

    private final long maxUnpacked;
    private final int maxEntries;

    ContextArchive(long maxUnpacked, int maxEntries) {
        this.maxUnpacked = maxUnpacked;
        this.maxEntries = maxEntries;
    }

    void check(InputStream content) throws IOException {
        try (var unpacked = new Limited(unzip(content), maxUnpacked);
                var tar = new TarArchiveInputStream(unpacked, "UTF-8")) {
            var tree = new ContextTree();
            int entries = 0;
            for (TarArchiveEntry entry; (entry = next(tar)) != null; ) {
                if (++entries > maxEntries) {
                    throw new ContextRefused("has more than " + maxEntries + " entries");
                }
                check(entry);
                record(entry, tree);
                skip(tar, entry);
            }
            if (entries == 0) {
                throw new ContextRefused("is no tar archive, or an empty one");
            }
            // What follows the last entry is read too: only then is the checksum of the whole known to be right.
            drain(unpacked);
            tree.check();
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

    private static TarArchiveEntry next(TarArchiveInputStream tar) throws IOException {
        try {
            return tar.getNextEntry();
        } catch (EOFException | ZipException | ContextRefused e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            throw new ContextRefused("is no tar archive that can be read: " + e.getMessage());
        }
    }

    private static void check(TarArchiveEntry entry) throws ContextRefused {
        if (!entry.isCheckSumOK()) {
            throw new ContextRefused("is no tar archive: a header's checksum is wrong");
        }
        if (entry.isSparse() || entry.isGNUSparse() || entry.isStarSparse()) {
            throw new ContextRefused(entry.getName(), "is a sparse file");
        }
        if (!entry.isFile() && !entry.isDirectory() && !entry.isSymbolicLink() && !entry.isLink()) {
            throw new ContextRefused(entry.getName(), "is a device or something else that is neither file, folder nor link");
        }
        if (entry.isCharacterDevice() || entry.isBlockDevice() || entry.isFIFO()) {
            throw new ContextRefused(entry.getName(), "is a device");
        }
    }

    private static void record(TarArchiveEntry entry, ContextTree tree) throws ContextRefused {
        if (entry.isSymbolicLink()) {
            tree.link(entry.getName(), entry.getLinkName());
        } else if (entry.isLink()) {
            tree.hardLink(entry.getName(), entry.getLinkName());
        } else {
            tree.add(entry.getName());
        }
    }

    private static void skip(TarArchiveInputStream tar, TarArchiveEntry entry) throws IOException {
        try {
            drain(tar);
        } catch (EOFException | ZipException | ContextRefused e) {
            throw e;
        } catch (IOException e) {
            throw new ContextRefused(entry.getName(), "is cut off");
        }
    }

    private static void drain(InputStream in) throws IOException {
        var buffer = new byte[READ_AT_ONCE];
        while (in.read(buffer) >= 0) {
            // nothing is kept
        }
    }

    /** Stops a small archive from unpacking to something huge. */
    private static final class Limited extends FilterInputStream {

        private final long limit;
        private long read;

        Limited(InputStream in, long limit) {
            super(in);
            this.limit = limit;
        }

        @Override
        public int read() throws IOException {
            int b = super.read();
            count(b < 0 ? 0 : 1);
            return b;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int n = super.read(buffer, offset, length);
            count(Math.max(n, 0));
            return n;
        }

        @Override
        public long skip(long n) throws IOException {
            long skipped = super.skip(n);
            count(skipped);
            return skipped;
        }

        private void count(long n) throws ContextRefused {
            read += n;
            if (read > limit) {
                throw new ContextRefused("unpacks to more than " + limit + " bytes");
            }
        }
    }
}
