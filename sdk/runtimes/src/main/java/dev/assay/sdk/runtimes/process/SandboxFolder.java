// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.SessionFiles;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One sandbox's own files: its copy of the source, its HOME, its scratch folder.
 *
 * @param shortcut to the scratch folder, where it has not a root folder of its own: programs make Unix sockets there, whose addresses
 *     end after 107 bytes
 * @param leftovers where it is entered if it cannot be deleted
 */
record SandboxFolder(Path folder, Isolation isolation, int user, Path shortcut, Leftovers leftovers) {

    static final String SOURCE = "/srv/environment";
    static final String HOME = "/home/agent";
    static final String SCRATCH = "/tmp";

    /** What programs believe of where they run: the same everywhere, unless a deployer says otherwise. */
    static final Map<String, String> PLACE = Map.of("LANG", "C.UTF-8", "TZ", "UTC");

    private static final String START = "/run/assay/start";
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    static SandboxFolder create(Path folder, Isolation isolation, int user, Path shortcut, Leftovers leftovers) throws IOException {
        var made = new SandboxFolder(folder, isolation, user, shortcut, leftovers);
        for (var path : List.of(SOURCE, HOME, SCRATCH, "/run", "/etc", "/var/tmp", "/proc", "/dev", "/usr", SessionFiles.PLACE)) {
            Files.createDirectories(made.host(path));
        }
        for (var path : List.of(SCRATCH, "/var/tmp")) {
            Files.setPosixFilePermissions(made.host(path), PosixFilePermissions.fromString("rwxrwxrwx"));
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        var oldPlace = made.host(SessionFiles.OLD_PLACE);
        Files.createDirectories(oldPlace.getParent());
        Files.createSymbolicLink(oldPlace, Path.of(SessionFiles.PLACE));
        made.write("/etc/passwd", "root:x:0:0:root:" + HOME + ":/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n");
        made.write("/etc/group", "root:x:0:\nnogroup:x:65534:\n");
        made.write("/etc/hosts", "127.0.0.1 localhost sandbox\n::1 localhost\n");
        if (!isolation.hasOwnRoot()) {
            Files.createSymbolicLink(shortcut, made.host(SCRATCH));
        }
        return made;
    }

    SandboxFolder ownedBy(int other) {
        return new SandboxFolder(folder, isolation, other, shortcut, leftovers);
    }

    /** As the processes inside name it. */
    String scratch() {
        return isolation.hasOwnRoot() ? SCRATCH : shortcut.toString();
    }

    Path root() {
        return folder.resolve("root");
    }

    Path host(String path) {
        return root().resolve(path.substring(1));
    }

    String guest(String path) {
        return isolation.guest(root(), path);
    }

    void write(String path, String text) throws IOException {
        Files.writeString(host(path), text);
    }

    /** Folders that lie above what is mounted must be passable for the sandbox's user. */
    void makePassable(Path mounted) throws IOException {
        if (isolation.hasOwnRoot()) {
            Files.createDirectories(host(mounted.toAbsolutePath().toString()));
        }
    }

    void copySource(Path source) throws IOException {
        copyTree(source, host(SOURCE));
    }

    /** A login shell resets the PATH; its profile then sets it again. */
    void writeProfile(String path) throws IOException {
        var profile = "export PATH=" + quoted(path) + "\n";
        write(HOME + "/.profile", profile);
        write(HOME + "/.bash_profile", profile);
    }

    /**
     * The variables reach the command through a script and not through the launching process's environment: what a stranger sets
     * must not reach the programs that build the sandbox, nor be read off a command line. The command stands there, too: a script is
     * written in UTF-8, a command line in the letters of this process's locale, which may have none for an environment's name.
     */
    List<String> start(Map<String, String> variables, List<String> command) throws IOException {
        var script = new StringBuilder("umask 022\n");
        exported(variables).forEach((name, value) ->
                script.append("export ").append(name).append('=').append(quoted(value)).append('\n'));
        script.append("exec");
        command.forEach(word -> script.append(' ').append(quoted(word)));
        script.append('\n');
        Files.createDirectories(host(START).getParent());
        write(START, script.toString());
        Files.setPosixFilePermissions(host(START), PosixFilePermissions.fromString("rw-------"));
        return List.of("/bin/sh", guest(START));
    }

    /** Those that a process can have. */
    static Map<String, String> exported(Map<String, String> variables) {
        Map<String, String> exported = new LinkedHashMap<>(variables);
        exported.entrySet().removeIf(one -> !IDENTIFIER.matcher(one.getKey()).matches() || one.getValue().indexOf('\0') >= 0);
        return exported;
    }

    /** Hands all files to the sandbox's user; only root can, and only root needs to. */
    void handOver() throws IOException {
        if (isolation == Isolation.BUBBLEWRAP_AS_ROOT) {
            changeOwner(root(), user);
        }
    }

    void delete() {
        DeleteFolder.now(shortcut);
        for (int round = 1; ; round++) {
            try {
                DeleteFolder.orSayWhyNot(folder);
                return;
            } catch (IOException e) {
                if (round == 20) {
                    leftovers.add(folder, e.toString());
                    return;
                }
            }
            try {
                Thread.sleep(10); // the last processes may still be dying
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    static void changeOwner(Path tree, int user) throws IOException {
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                own(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException failure) throws IOException {
                own(folder);
                return FileVisitResult.CONTINUE;
            }

            private void own(Path path) throws IOException {
                Files.setAttribute(path, "unix:uid", user, LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(path, "unix:gid", user, LinkOption.NOFOLLOW_LINKS);
            }
        });
    }

    private static void copyTree(Path from, Path to) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                Files.createDirectories(to.resolve(from.relativize(folder)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                var copy = to.resolve(from.relativize(file));
                Files.copy(file, copy, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
