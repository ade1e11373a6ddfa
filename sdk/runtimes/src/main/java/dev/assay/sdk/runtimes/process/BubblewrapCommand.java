// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts a command inside bubblewrap. The root folder of the sandbox becomes {@code /}; of the machine it sees programs, libraries and
 * the few settings that programs need, nothing else.
 */
final class BubblewrapCommand {

    private static final List<String> SYSTEM_FOLDERS = List.of("bin", "sbin", "lib", "lib32", "lib64", "libx32");

    private static final List<String> SETTINGS = List.of(
            "alternatives", "bash.bashrc", "ca-certificates", "chromium.d", "crypto-policies", "fonts", "gai.conf", "host.conf",
            "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "mime.types", "nsswitch.conf", "os-release", "pki", "profile",
            "protocols", "resolv.conf", "services", "shells", "ssl", "terminfo", "timezone");

    /** Bytes; where control groups are in use, what lies there also counts as memory. */
    private static final String SHARED_MEMORY = Long.toString(1L << 30);

    /**
     * What the sandbox is started through, as root. Bubblewrap's own {@code --proc} hides parts of it, and then no sandbox inside this
     * one (as the client's workspace makes) may mount another: so root mounts it plainly. Then it becomes the sandbox's user, who is
     * called root in a user namespace of its own, which owns nothing: the mounts around it stay out of its reach. Only root may say
     * which users that namespace has; a second process does, while the first waits for it.
     */
    private static final String ENTRANCE = """
            users="0 $1 $2" me=$1 mount=$3 setpriv=$4 unshare=$5; shift 5
            "$mount" -t proc -o nosuid,nodev,noexec proc /proc || exit 125
            coproc { read -r go; echo "$users" >/proc/$$/uid_map && echo "$users" >/proc/$$/gid_map && echo done; }
            exec 3</proc/self/fd/"${COPROC[0]}" 4>/proc/self/fd/"${COPROC[1]}"
            exec "$setpriv" --reuid "$me" --regid "$me" --clear-groups --inh-caps=-all --bounding-set=-all --no-new-privs \
              "$unshare" --user --keep-caps -- /bin/sh -c '
                echo go >&4; read -r done <&3 || exit 125
                exec 3<&- 4>&-
                exec "$0" --reuid 0 --regid 0 --clear-groups --inh-caps=-all --ambient-caps=-all -- "$@"
              ' "$setpriv" "$@"
            """;

    private BubblewrapCommand() {}

    static List<String> of(Isolation isolation, Path root, int firstUser, ConfinedCommand confined) throws IOException {
        List<String> line = new ArrayList<>();
        line.addAll(List.of(Tools.require("bwrap"), "--die-with-parent", "--unshare-pid", "--unshare-ipc", "--unshare-uts"));
        line.addAll(List.of("--unshare-cgroup-try", "--hostname", "sandbox"));
        line.addAll(List.of("--bind", root.toString(), "/"));
        line.addAll(view(confined));
        line.addAll(List.of("--chdir", confined.workingDirectory()));
        line.addAll(isolation == Isolation.BUBBLEWRAP_AS_ROOT ? asRangeOfUsers(firstUser) : inUserNamespace());
        line.addAll(confined.command());
        return line;
    }

    /** What a sandbox sees beside its own root folder, in bubblewrap's words. */
    static List<String> view(ConfinedCommand confined) throws IOException {
        List<String> line = new ArrayList<>(List.of("--ro-bind", "/usr", "/usr"));
        if (confined.agentPrograms() != null) {
            line.addAll(withAgentPrograms(confined.agentPrograms()));
        }
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
            if (!folder.startsWith("/usr")) { // seen already: once more, it would cover the agents' programs
                line.addAll(List.of("--ro-bind", folder.toString(), folder.toString()));
            }
        }
        for (var folder : confined.writable()) {
            line.addAll(List.of("--bind", folder.toString(), folder.toString()));
        }
        return line;
    }

    /** The machine's folder may have no place for them and is not ours to change: it is laid out again, with one. */
    private static List<String> withAgentPrograms(Path programs) throws IOException {
        var place = Path.of(ProcessRuntime.AGENT_PROGRAMS);
        var folder = place.getParent();
        List<String> line = new ArrayList<>(List.of("--tmpfs", folder.toString()));
        if (Files.isDirectory(folder)) {
            try (var entries = Files.list(folder)) {
                for (var entry : entries.filter(entry -> !entry.equals(place)).sorted().toList()) {
                    // what goes in this moment is no reason that nothing starts
                    line.addAll(Files.isSymbolicLink(entry)
                            ? List.of("--symlink", Files.readSymbolicLink(entry).toString(), entry.toString())
                            : List.of("--ro-bind-try", entry.toString(), entry.toString()));
                }
            }
        }
        line.addAll(List.of("--ro-bind", programs.toRealPath().toString(), place.toString(), "--remount-ro", folder.toString()));
        return line;
    }

    private static List<String> inUserNamespace() {
        return List.of("--unshare-user", "--proc", "/proc", "--", Tools.require("unshare"), "--user", "--map-root-user", "--");
    }

    private static List<String> asRangeOfUsers(int firstUser) {
        return List.of(
                "--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID",
                "--cap-add", "CAP_SETPCAP", "--cap-add", "CAP_DAC_OVERRIDE", "--",
                Tools.require("bash"), "-c", ENTRANCE, "bash", Integer.toString(firstUser), Integer.toString(Workshop.USERS),
                Tools.require("mount"), Tools.require("setpriv"), Tools.require("unshare"));
    }
}
