// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SessionFiles;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** The files of a session as an engine hands them out and takes them. */
final class SessionArchive {

    /** Environments are not root everywhere, and each makes its own session's folder. */
    private static final int FOR_ALL = 01777;

    private SessionArchive() {}

    /** What a container has before it starts, from its root on. The link comes first: an image that refuses it gets neither. */
    static InputStream place() throws IOException {
        return archive(
                link(SessionFiles.OLD_PLACE.substring(1), SessionFiles.PLACE),
                folder(SessionFiles.PLACE.substring(1), FOR_ALL));
    }

    /** The same for an image that has a folder of the older name. */
    static InputStream placeByItsOlderName() throws IOException {
        return archive(link(SessionFiles.PLACE.substring(1), SessionFiles.OLD_PLACE));
    }

    static InputStream folderOf(String session) throws IOException {
        return archive(folder(session, FOR_ALL));
    }

    /** A container's folder, whose name comes before all others. */
    static void take(InputStream archive, SessionFiles into) throws IOException, SandboxException {
        var from = new TarArchiveInputStream(archive, StandardCharsets.UTF_8.name());
        for (var entry = from.getNextEntry(); entry != null; entry = from.getNextEntry()) {
            var whole = entry.getName();
            var slash = whole.indexOf('/');
            if (slash < 0) {
                throw SessionFiles.refused(whole);
            }
            var name = whole.substring(slash + 1);
            if (entry.isDirectory()) {
                if (!name.isEmpty()) {
                    into.addFolder(name.endsWith("/") ? name.substring(0, name.length() - 1) : name);
                }
            } else if (entry.getLinkFlag() == TarConstants.LF_NORMAL || entry.getLinkFlag() == TarConstants.LF_OLDNORM) {
                into.addFile(name, entry.getSize(), (entry.getMode() & 0100) != 0, from);
            } else {
                throw SessionFiles.refused(name);
            }
        }
    }

    private static TarArchiveEntry folder(String name, int mode) {
        var entry = new TarArchiveEntry(Path.of(name) + "/");
        entry.setMode(mode);
        return entry;
    }

    private static TarArchiveEntry link(String name, String target) {
        var entry = new TarArchiveEntry(name, TarConstants.LF_SYMLINK);
        entry.setLinkName(target);
        return entry;
    }

    private static InputStream archive(TarArchiveEntry... entries) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(bytes, StandardCharsets.UTF_8.name())) {
            for (var entry : entries) {
                tar.putArchiveEntry(entry);
                tar.closeArchiveEntry();
            }
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }
}
