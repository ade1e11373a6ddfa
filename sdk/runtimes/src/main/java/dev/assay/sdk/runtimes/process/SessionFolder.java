// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SessionFiles;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The files of a session in a sandbox's folder. All of it is the sandbox's, which may make a link or a pipe of any step at any time: each is
 * opened from the one before, no link is followed, and nothing is opened that is no folder.
 */
final class SessionFolder {

    private static final LinkOption PLAINLY = LinkOption.NOFOLLOW_LINKS;

    private SessionFolder() {}

    /** Of a sandbox in which nothing runs any more; whether there is such a folder. */
    static boolean take(Path root, String session, SessionFiles into) throws IOException, SandboxException {
        try (var folder = find(root, Path.of(SessionFiles.PLACE, session))) {
            if (folder == null) {
                return false;
            }
            take(folder, "", into);
            return true;
        }
    }

    /** Made beside the root folder, where the sandbox does not reach. What the session's folder has already stays, if nothing has its name. */
    static void put(SandboxFolder sandbox, String session, SessionFiles files) throws IOException, SandboxException {
        var made = sandbox.folder().resolve("session");
        Files.createDirectory(made);
        try {
            files.unpack(made);
            if (sandbox.isolation() == Isolation.BUBBLEWRAP_AS_ROOT) {
                SandboxFolder.changeOwner(made, sandbox.user());
            }
            try (var outside = opened(Files.newDirectoryStream(sandbox.folder()));
                    var sessions = find(sandbox.root(), Path.of(SessionFiles.PLACE))) {
                if (sessions == null) {
                    throw new SandboxException("the verifier's environment has no " + SessionFiles.PLACE + " any more");
                }
                move(outside, made.getFileName(), sessions, Path.of(session));
            }
        } finally {
            DeleteFolder.now(made);
        }
    }

    private static void move(SecureDirectoryStream<Path> from, Path name, SecureDirectoryStream<Path> to, Path as)
            throws IOException, SandboxException {
        if (!isFolder(from, name) || !isFolder(to, as)) {
            from.move(name, to, as);
            return;
        }
        try (var moved = open(from, name); var there = open(to, as)) {
            var entries = new ArrayList<Path>();
            moved.forEach(entry -> entries.add(entry.getFileName()));
            for (var entry : entries) {
                move(moved, entry, there, entry);
            }
        }
    }

    private static boolean isFolder(SecureDirectoryStream<Path> in, Path name) throws IOException {
        try {
            return attributes(in, name).isDirectory();
        } catch (NoSuchFileException none) {
            return false;
        }
    }

    /** Null: there is none. */
    private static @Nullable SecureDirectoryStream<Path> find(Path root, Path below) throws IOException, SandboxException {
        var found = opened(Files.newDirectoryStream(root));
        for (var step : below) {
            try (var above = found) {
                found = open(above, step);
            } catch (NoSuchFileException none) {
                return null;
            }
        }
        return found;
    }

    private static void take(SecureDirectoryStream<Path> folder, String below, SessionFiles into) throws IOException, SandboxException {
        for (var path : folder) {
            var name = path.getFileName();
            var told = below + name;
            var attributes = attributes(folder, name);
            if (attributes.isDirectory()) {
                into.addFolder(told);
                try (var inner = open(folder, name)) {
                    take(inner, told + "/", into);
                }
            } else if (attributes.isRegularFile()) {
                var executable = attributes.permissions().contains(PosixFilePermission.OWNER_EXECUTE);
                try (var content = folder.newByteChannel(name, Set.of(StandardOpenOption.READ, PLAINLY))) {
                    into.addFile(told, attributes.size(), executable, Channels.newInputStream(content));
                }
            } else {
                throw SessionFiles.refused(told);
            }
        }
    }

    /**
     * Whoever opens a pipe by its name waits for somebody to write, for ever. So what is opened is the step into it, which only folders have;
     * that would follow a link, so what was opened is compared with what has the name.
     */
    private static SecureDirectoryStream<Path> open(SecureDirectoryStream<Path> in, Path name) throws IOException, SandboxException {
        if (!attributes(in, name).isDirectory()) {
            throw SessionFiles.refused(name.toString());
        }
        var found = in.newDirectoryStream(name.resolve("."), PLAINLY);
        boolean isIt = false;
        try {
            var key = found.getFileAttributeView(BasicFileAttributeView.class).readAttributes().fileKey();
            isIt = key.equals(attributes(in, name).fileKey());
        } finally {
            if (!isIt) {
                found.close();
            }
        }
        if (!isIt) {
            throw SessionFiles.refused(name.toString());
        }
        return found;
    }

    private static PosixFileAttributes attributes(SecureDirectoryStream<Path> in, Path name) throws IOException {
        return in.getFileAttributeView(name, PosixFileAttributeView.class, PLAINLY).readAttributes();
    }

    private static SecureDirectoryStream<Path> opened(DirectoryStream<Path> folder) throws IOException {
        if (folder instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        folder.close();
        throw new IOException("this system cannot read a folder so that no link is followed");
    }
}
