// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.zip.GZIPInputStream;

/**
 * Unpacks a deployed context. The archive is hostile until proven otherwise: nothing may be written or linked to outside the folder.
 *
 * @param largestBytes of all files together, unpacked
 */
record UnpackContext(long largestBytes, int mostEntries) {

    static final UnpackContext DEFAULTS = new UnpackContext(4L << 30, 100_000);

    void into(Path folder, InputStream archive) throws IOException, SandboxException {
        try (var gzip = new GZIPInputStream(archive, 1 << 16)) {
            var tar = new TarStream(gzip);
            long bytes = 0;
            int entries = 0;
            for (var entry = tar.next(); entry != null; entry = tar.next()) {
                bytes += entry.type() == '0' || entry.type() == '7' ? entry.size() : 0;
                if (++entries > mostEntries) {
                    throw new SandboxException("the context holds more than " + mostEntries + " entries");
                }
                if (bytes > largestBytes || bytes < 0) {
                    throw new SandboxException("the context is larger than " + (largestBytes >> 20) + " MiB unpacked");
                }
                write(folder, entry, tar);
            }
            if (entries == 0) {
                throw new SandboxException("the context is empty");
            }
        } catch (IOException e) {
            throw new SandboxException("the context is no readable tar.gz: " + e.getMessage(), e);
        }
    }

    private static void write(Path folder, TarEntry entry, TarStream tar) throws IOException, SandboxException {
        var target = inside(folder, entry.name());
        if (target.equals(folder)) {
            return;
        }
        makeFolders(folder, target.getParent(), entry.name());
        switch (entry.type()) {
            case '5' -> makeFolders(folder, target, entry.name());
            case '0', '7' -> {
                refuseLinkOrFolder(target, entry.name());
                Files.copy(tar.content(), target, StandardCopyOption.REPLACE_EXISTING);
                Files.setPosixFilePermissions(target, permissions(entry.mode()));
            }
            case '2' -> {
                if (!staysInside(folder, target, entry.linkName())) {
                    throw new SandboxException("the context's link '" + entry.name() + "' leads out of it");
                }
                refuseLinkOrFolder(target, entry.name());
                Files.deleteIfExists(target);
                Files.createSymbolicLink(target, Path.of(entry.linkName()));
            }
            case '1' -> {
                var original = inside(folder, entry.linkName());
                if (!Files.isRegularFile(original, LinkOption.NOFOLLOW_LINKS) || throughLink(folder, original)) {
                    throw new SandboxException("the context's link '" + entry.name() + "' leads to no file of its own");
                }
                refuseLinkOrFolder(target, entry.name());
                Files.copy(original, target, StandardCopyOption.REPLACE_EXISTING);
            }
            default -> throw new SandboxException("the context's '" + entry.name() + "' is neither file, folder nor link");
        }
    }

    private static Path inside(Path folder, String name) throws SandboxException {
        try {
            var path = Path.of(name);
            if (!name.isEmpty() && !path.isAbsolute()) {
                for (var part : path) {
                    if (part.toString().equals("..")) {
                        throw new SandboxException("the context's '" + name + "' leads out of it");
                    }
                }
                return folder.resolve(path).normalize();
            }
        } catch (InvalidPathException e) {
            throw new SandboxException("the context holds a name that is none", e);
        }
        throw new SandboxException("the context's '" + name + "' leads out of it");
    }

    private static boolean staysInside(Path folder, Path link, String linkName) {
        try {
            var to = Path.of(linkName);
            return !linkName.isEmpty()
                    && !to.isAbsolute()
                    && link.getParent().resolve(to).normalize().startsWith(folder)
                    && climbsOnlyFirst(to);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    /** In {@code a/..} the first part may itself be a link, and then the second leads anywhere. */
    private static boolean climbsOnlyFirst(Path path) {
        boolean descended = false;
        for (var part : path) {
            boolean climbs = part.toString().equals("..");
            if (climbs && descended) {
                return false;
            }
            descended |= !climbs && !part.toString().equals(".");
        }
        return true;
    }

    /** Like {@code createDirectories}, but a link is no folder here: what is written below one could land anywhere. */
    private static void makeFolders(Path root, Path folder, String name) throws IOException, SandboxException {
        var at = root;
        for (var part : root.relativize(folder)) {
            at = part.toString().isEmpty() ? at : at.resolve(part);
            if (!Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
                try {
                    Files.createDirectory(at);
                } catch (FileAlreadyExistsException e) {
                    throw new SandboxException("the context's '" + name + "' lies below something that is no folder", e);
                }
            }
        }
    }

    private static boolean throughLink(Path root, Path file) {
        var at = root;
        for (var part : root.relativize(file)) {
            at = at.resolve(part);
            if (Files.isSymbolicLink(at)) {
                return true;
            }
        }
        return false;
    }

    private static void refuseLinkOrFolder(Path target, String name) throws SandboxException {
        if (Files.isSymbolicLink(target) || Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new SandboxException("the context holds '" + name + "' twice");
        }
    }

    private static EnumSet<PosixFilePermission> permissions(int mode) {
        var permissions = EnumSet.of(
                PosixFilePermission.OWNER_READ,
                PosixFilePermission.OWNER_WRITE,
                PosixFilePermission.GROUP_READ,
                PosixFilePermission.OTHERS_READ);
        if ((mode & 0111) != 0) {
            permissions.add(PosixFilePermission.OWNER_EXECUTE);
            permissions.add(PosixFilePermission.GROUP_EXECUTE);
            permissions.add(PosixFilePermission.OTHERS_EXECUTE);
        }
        return permissions;
    }
}
