// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.UUID;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

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
    /** What letters become that are none. */
    private static final char UNREADABLE = '\uFFFD';

    private static final int PIECE = 64 * 1024;
    private static final long MOST_BYTES = 256L << 20;
    private static final int LONGEST_NAME = 255;

    private final FileChannel file;
    private final TarArchiveOutputStream tar;
    private int entries;
    private long bytes;

    /** Who adds to them. */
    @FunctionalInterface
    public interface Taking {

        /** Returns whether there is anything to take. */
        boolean into(SessionFiles files) throws IOException, SandboxException;
    }

    private SessionFiles(Path folder) throws IOException {
        // one step: whatever fails, and whenever this process ends, the disk has it back
        file = FileChannel.open(folder.resolve("session-files-" + UUID.randomUUID()), StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        tar = new TarArchiveOutputStream(Channels.newOutputStream(file), StandardCharsets.UTF_8.name());
        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
        tar.setAddPaxHeadersForNonAsciiNames(true);
    }

    /**
     * Takes all or nothing; an interrupt ends it. Empty: there was nothing to take.
     *
     * @param folder on the disk that holds them meanwhile
     * @throws SandboxException if they are not what can be taken along, or, as the host's failure, if reading or keeping them failed
     */
    public static Optional<SessionFiles> taken(Path folder, Taking taking) throws SandboxException {
        @Nullable SessionFiles files = null;
        boolean taken = false;
        try {
            files = new SessionFiles(folder);
            taken = taking.into(files);
            return taken ? Optional.of(files) : Optional.empty();
        } catch (IOException | InvalidPathException e) {
            throw SandboxException.ofHost("the files of the actor's session cannot be taken along: " + e.getMessage(), e);
        } finally {
            if (files != null && !taken) {
                files.close();
            }
        }
    }

    /** Whether a session of this name could have a folder. Environments choose the name. */
    public static boolean canHaveFolder(String session) {
        var length = session.getBytes(StandardCharsets.UTF_8).length;
        return length > 0 && length <= LONGEST_NAME && isStep(session) && session.indexOf('/') < 0;
    }

    /** @throws SandboxException if it could not have one */
    public static String required(String session) throws SandboxException {
        if (!canHaveFolder(session)) {
            throw new SandboxException("the verifier's environment calls its session so that it cannot have a folder for the actor's files");
        }
        return session;
    }

    /** Whether the session's folder had nothing in it. */
    public boolean isEmpty() {
        return entries == 0;
    }

    public void addFolder(String name) throws IOException, SandboxException {
        add(new TarArchiveEntry(checkedName(name) + "/"), 0755);
        tar.closeArchiveEntry();
    }

    /**
     * @param size in bytes: so many are read of {@code content}
     * @param executable by its owner
     */
    public void addFile(String name, long size, boolean executable, InputStream content)
            throws IOException, SandboxException {
        if (size > MOST_BYTES - bytes) {
            throw new SandboxException("the session's files are larger than " + (MOST_BYTES >> 20) + " MiB");
        }
        bytes += size;
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
    public static SandboxException refused(String name) {
        return new SandboxException("the session's files hold a link or a special file: '" + name + "'");
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

    private void add(TarArchiveEntry entry, int mode) throws IOException, SandboxException {
        if (++entries > MOST_ENTRIES) {
            throw new SandboxException("the session has more than " + MOST_ENTRIES + " files");
        }
        entry.setMode(mode);
        entry.setModTime(0);
        tar.putArchiveEntry(entry);
    }

    private static String checkedName(String name) throws SandboxException {
        var steps = name.split("/", -1);
        for (var step : steps) {
            if (!isStep(step)) {
                throw new SandboxException("the session's files hold a name that leads elsewhere: '" + name + "'");
            }
        }
        if (steps.length > DEEPEST) {
            throw new SandboxException("the session's folders are deeper than " + DEEPEST);
        }
        if (name.indexOf(UNREADABLE) >= 0) {
            throw new SandboxException("the session's files hold a name that is not UTF-8: '" + name + "'");
        }
        return name;
    }

    private static boolean isStep(String name) {
        return !name.isEmpty() && !name.equals(".") && !name.equals("..") && name.indexOf('\0') < 0;
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            // it has no name: whatever is left of it goes with this process
        }
    }
}
