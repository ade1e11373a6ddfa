// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * What one session of a sandbox's control channel has put below {@value #PLACE}{@code /{session}}, on its way to a session of another
 * sandbox: folders and plain files, with names from that folder on. A stranger made them; what is in here is checked. They are in a file
 * that has no name any more, so nothing of them outlives this process.
 */
public final class SessionFiles implements Closeable {

    /** Where environments look for them: a folder for each session. */
    public static final String PLACE = "/runtime/sessions";

    /** Its older name. */
    public static final String OLD_PLACE = "/media/hud/sessions";

    private static final int MOST_ENTRIES = 10_000;
    private static final int DEEPEST = 50;
    private static final int PIECE = 64 * 1024;
    private static final long MOST_BYTES = 256L << 20;
    private static final Pattern SESSION = Pattern.compile("(?!\\.{1,2}$)[A-Za-z0-9._-]{1,100}");

    private final FileChannel file;
    private final TarArchiveOutputStream tar;
    private int entries;
    private long bytes;

    public SessionFiles() throws IOException {
        file = FileChannel.open(Files.createTempFile("session-files-", ".tar"),
                StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        tar = new TarArchiveOutputStream(Channels.newOutputStream(file), StandardCharsets.UTF_8.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
    }

    /** @throws IOException if an environment calls its session so that it cannot be the name of a folder, or leads elsewhere */
    public static String checked(String session) throws IOException {
        if (!SESSION.matcher(session).matches()) {
            throw new IOException("the environment's session has no name that a folder could have: letters, digits, '.', '_' and '-'");
        }
        return session;
    }

    public void addFolder(String name) throws IOException {
        add(new TarArchiveEntry(checkedName(name) + "/"), 0755);
        tar.closeArchiveEntry();
    }

    /**
     * @param size in bytes: so many are read of {@code content}
     * @param executable by its owner
     */
    public void addFile(String name, long size, boolean executable, InputStream content) throws IOException {
        bytes += size;
        if (bytes > MOST_BYTES) {
            throw new IOException("the session's files are larger than " + (MOST_BYTES >> 20) + " MiB");
        }
        var entry = new TarArchiveEntry(checkedName(name));
        entry.setSize(size);
        add(entry, executable ? 0755 : 0644);
        var piece = new byte[(int) Math.min(size, PIECE)];
        for (long left = size; left > 0; ) {
            var read = content.read(piece, 0, (int) Math.min(left, piece.length));
            if (read < 0) {
                throw new IOException("a file of the session became shorter while it was read: '" + name + "'");
            }
            tar.write(piece, 0, read);
            left -= read;
        }
        tar.closeArchiveEntry();
    }

    /** What is neither a folder nor a plain file leads out of the session, or is nothing that could be taken along. */
    public static IOException refused(String name) {
        return new IOException("the session's files hold a link or a special file: '" + name + "'");
    }

    /** Of all that was added; after that nothing more is. It is read once. */
    public InputStream archive() throws IOException {
        tar.finish();
        return Channels.newInputStream(file.position(0));
    }

    /** @param folder which is empty, and which nobody else writes to */
    public void unpack(Path folder) throws IOException {
        var from = new TarArchiveInputStream(archive(), StandardCharsets.UTF_8.name());
        for (var entry = from.getNextEntry(); entry != null; entry = from.getNextEntry()) {
            var path = folder.resolve(entry.getName());
            if (entry.isDirectory()) {
                Files.createDirectory(path);
            } else {
                Files.copy(from, path);
            }
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString((entry.getMode() & 0100) == 0 ? "rw-r--r--" : "rwxr-xr-x"));
        }
    }

    private void add(TarArchiveEntry entry, int mode) throws IOException {
        if (++entries > MOST_ENTRIES) {
            throw new IOException("the session has more than " + MOST_ENTRIES + " files");
        }
        entry.setMode(mode);
        entry.setModTime(0);
        tar.putArchiveEntry(entry);
    }

    private static String checkedName(String name) throws IOException {
        var steps = name.split("/", -1);
        for (var step : steps) {
            if (step.isEmpty() || step.equals(".") || step.equals("..") || step.indexOf('\0') >= 0) {
                throw new IOException("the session's files hold a name that leads elsewhere: '" + name + "'");
            }
        }
        if (steps.length > DEEPEST) {
            throw new IOException("the session's folders are deeper than " + DEEPEST);
        }
        return name;
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
