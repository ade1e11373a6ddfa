// SPDX-License-Identifier: Apache-2.0

package dev.assay.environment;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Contexts to upload, good and bad. */
public final class Contexts {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final TarArchiveOutputStream tar;

    public Contexts() {
        try {
            tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes), "UTF-8");
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A context that nobody objects to. */
    public static byte[] small() {
        return new Contexts().folder("data/").file("env.py", "env = 1\n").file("data/word.txt", "strawberry").symlink("data/again", "../env.py").done();
    }

    public static byte[] gzip(byte[] content) {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    public Contexts file(String name, String content) {
        return file(name, content.getBytes(StandardCharsets.UTF_8));
    }

    public Contexts file(String name, byte[] content) {
        return add(new TarArchiveEntry(name, true), content, entry -> entry);
    }

    public Contexts folder(String name) {
        return add(new TarArchiveEntry(name, TarConstants.LF_DIR, true), new byte[0], entry -> entry);
    }

    public Contexts symlink(String name, String target) {
        return link(name, TarConstants.LF_SYMLINK, target);
    }

    public Contexts hardLink(String name, String target) {
        return link(name, TarConstants.LF_LINK, target);
    }

    public Contexts device(String name) {
        return add(new TarArchiveEntry(name, TarConstants.LF_CHR, true), new byte[0], entry -> entry);
    }

    public Contexts pipe(String name) {
        return add(new TarArchiveEntry(name, TarConstants.LF_FIFO, true), new byte[0], entry -> entry);
    }

    public byte[] done() {
        try {
            tar.close();
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Contexts link(String name, byte kind, String target) {
        return add(new TarArchiveEntry(name, kind, true), new byte[0], entry -> {
            entry.setLinkName(target);
            return entry;
        });
    }

    private Contexts add(TarArchiveEntry entry, byte[] content, UnaryOperator<TarArchiveEntry> change) {
        try {
            entry.setSize(content.length);
            tar.putArchiveEntry(change.apply(entry));
            tar.write(content);
            tar.closeArchiveEntry();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
