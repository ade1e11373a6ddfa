// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts a command inside bubblewrap. The root folder of the sandbox becomes {@code /}; of the machine it sees programs, libraries and
 * the few settings that programs need, nothing else. The network is the machine's: the environment serves on loopback.
 */
final class BubblewrapCommand {

    private static final List<String> SYSTEM_FOLDERS = List.of("bin", "sbin", "lib", "lib32", "lib64", "libx32");

    private static final List<String> SETTINGS = List.of(
            "alternatives", "bash.bashrc", "ca-certificates", "crypto-policies", "fonts", "gai.conf", "host.conf", "ld.so.cache",
            "ld.so.conf", "ld.so.conf.d", "localtime", "mime.types", "nsswitch.conf", "os-release", "pki", "profile",
            "protocols", "resolv.conf", "services", "shells", "ssl", "terminfo", "timezone");

    /** Bytes; where control groups are in use, what lies there also counts as memory. */
    private static final String SHARED_MEMORY = Long.toString(1L << 30);

    private BubblewrapCommand() {}

    static List<String> of(Isolation isolation, Path root, int user, ConfinedCommand confined) throws IOException {
        List<String> line = new ArrayList<>();
        line.addAll(List.of(Tools.require("bwrap"), "--die-with-parent", "--unshare-pid", "--unshare-ipc", "--unshare-uts"));
        line.addAll(List.of("--unshare-cgroup-try", "--hostname", "sandbox"));
        line.addAll(List.of("--bind", root.toString(), "/", "--ro-bind", "/usr", "/usr"));
        for (var name : SYSTEM_FOLDERS) {
            var folder = Path.of("/", name);
            if (Files.isSymbolicLink(folder)) {
                line.addAll(List.of("--symlink", Files.readSymbolicLink(folder).toString(), folder.toString()));
            } else if (Files.isDirectory(folder)) {
                line.addAll(List.of("--ro-bind", folder.toString(), folder.toString()));
            }
        }
        for (var name : SETTINGS) {
            var setting = Path.of("/etc", name);
            if (Files.exists(setting)) {
                line.addAll(List.of("--ro-bind", setting.toRealPath().toString(), setting.toString()));
            }
        }
        line.addAll(List.of("--dev", "/dev", "--perms", "1777", "--size", SHARED_MEMORY, "--tmpfs", "/dev/shm"));
        for (var folder : confined.readOnly()) {
            line.addAll(List.of("--ro-bind", folder.toString(), folder.toString()));
        }
        for (var folder : confined.writable()) {
            line.addAll(List.of("--bind", folder.toString(), folder.toString()));
        }
        line.addAll(List.of("--chdir", confined.workingDirectory()));
        line.addAll(isolation == Isolation.BUBBLEWRAP_AS_ROOT ? asUser(user) : inUserNamespace());
        line.addAll(confined.command());
        return line;
    }

    private static List<String> inUserNamespace() {
        List<String> line = new ArrayList<>(List.of("--unshare-user", "--proc", "/proc", "--"));
        line.addAll(calledRoot());
        return line;
    }

    /**
     * Bubblewrap's own {@code --proc} hides parts of it, and then no sandbox inside this one (as the client's workspace makes) may
     * mount another. So root mounts it plainly and then becomes the user, for whom what would be hidden is out of reach anyway.
     */
    private static List<String> asUser(int user) {
        var id = Integer.toString(user);
        return List.of(
                "--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID",
                "--cap-add", "CAP_SETPCAP", "--", "/bin/sh", "-c",
                Tools.require("mount") + " -t proc -o nosuid,nodev,noexec proc /proc && exec " + Tools.require("setpriv") + " --reuid " + id
                        + " --regid " + id + " --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs "
                        + String.join(" ", calledRoot()) + " \"$@\"",
                "sh");
    }

    /**
     * The client's workspace builds its own sandbox in this one, and can do so only as root. So the user is called root, in a user
     * namespace of its own, which owns nothing: the mounts around it stay out of its reach.
     */
    private static List<String> calledRoot() {
        return List.of(Tools.require("unshare"), "--user", "--map-root-user", "--");
    }

    /** Whether this machine lets us, and how: tried once with a command that does nothing. */
    static Isolation probe(Path scratch, boolean root) {
        var isolation = root ? Isolation.BUBBLEWRAP_AS_ROOT : Isolation.BUBBLEWRAP;
        Path folder = null;
        try {
            if (Tools.find("bwrap") == null) {
                return Isolation.NONE;
            }
            folder = Files.createTempDirectory(scratch, "probe");
            var sandbox = folder.resolve("root");
            for (var name : List.of("proc", "etc", "usr", "dev")) {
                Files.createDirectories(sandbox.resolve(name));
            }
            var nothing = new ConfinedCommand(List.of("/bin/sh", "-c", "test -e /proc/1"), "/", List.of(), List.of());
            var line = of(isolation, sandbox, 300_000, nothing);
            var process = new ProcessBuilder(line)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor() == 0 ? isolation : Isolation.NONE;
        } catch (IOException | IllegalStateException e) {
            return Isolation.NONE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Isolation.NONE;
        } finally {
            delete(folder);
        }
    }

    private static void delete(@Nullable Path folder) {
        if (folder != null) {
            DeleteFolder.now(folder);
        }
    }
}
