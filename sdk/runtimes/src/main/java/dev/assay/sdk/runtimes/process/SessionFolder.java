// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

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
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * The files of a session in a sandbox's folder. All of it is the sandbox's, which may make a link of any step at any time: each is opened
 * from the one before, and no link is followed.
 */
final class SessionFolder {

    private static final LinkOption PLAINLY = LinkOption.NOFOLLOW_LINKS;

    private SessionFolder() {}

    /** Whether there were any. */
    static boolean take(Path root, String session, SessionFiles into) throws IOException {
        try (var top = opened(Files.newDirectoryStream(root));
                var sessions = sessions(top);
                var folder = open(sessions, Path.of(SessionFiles.checked(session)))) {
            take(folder, "", into);
            return true;
        } catch (NoSuchFileException none) {
            return false;
        }
    }

    /** Made beside the root folder, where the sandbox does not reach, and put into its place whole. */
    static void put(SandboxFolder sandbox, String session, SessionFiles files) throws IOException {
        var made = sandbox.folder().resolve("session");
        Files.createDirectory(made);
        try {
            files.unpack(made);
            if (sandbox.isolation() == Isolation.BUBBLEWRAP_AS_ROOT) {
                SandboxFolder.changeOwner(made, sandbox.user());
            }
            try (var outside = opened(Files.newDirectoryStream(sandbox.folder()));
                    var top = opened(Files.newDirectoryStream(sandbox.root()));
                    var sessions = sessions(top)) {
                outside.move(made.getFileName(), sessions, Path.of(SessionFiles.checked(session)));
            }
        } finally {
            DeleteFolder.now(made);
        }
    }

    private static SecureDirectoryStream<Path> sessions(SecureDirectoryStream<Path> root) throws IOException {
        var place = Path.of(SessionFiles.PLACE);
        try (var above = open(root, place.getName(0))) {
            return open(above, place.getName(1));
        }
    }

    private static void take(SecureDirectoryStream<Path> folder, String below, SessionFiles into) throws IOException {
        for (var path : folder) {
            var name = path.getFileName();
            var told = below + name;
            var attributes = folder.getFileAttributeView(name, PosixFileAttributeView.class, PLAINLY).readAttributes();
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

    private static SecureDirectoryStream<Path> open(SecureDirectoryStream<Path> in, Path name) throws IOException {
        return in.newDirectoryStream(name, PLAINLY);
    }

    private static SecureDirectoryStream<Path> opened(DirectoryStream<Path> folder) throws IOException {
        if (folder instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        folder.close();
        throw new IOException("this system cannot read a folder so that no link is followed");
    }
}
