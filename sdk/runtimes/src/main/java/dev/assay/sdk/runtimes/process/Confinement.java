// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.OutputLines;
import dev.assay.sdk.runtimes.OutputTail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether this machine lets us wall sandboxes off, and how; if not, why not. */
record Confinement(Isolation isolation, Optional<String> openBecause) {

    static final Confinement SWITCHED_OFF = new Confinement(Isolation.NONE, Optional.of("isolation is switched off"));

    private static final Map<String, String> PACKAGES =
            Map.of("bwrap", "bubblewrap", "mount", "mount", "setpriv", "util-linux", "unshare", "util-linux");

    private static Confinement open(String because) {
        return new Confinement(Isolation.NONE, Optional.of(because));
    }

    /** Tried once, with a command that does nothing, in all the walls that a sandbox has. */
    static Confinement probe(Path scratch, SocketFolder sockets, boolean root) {
        for (var tool : tools(root)) {
            if (Tools.find(tool) == null) {
                return open("this machine has no '" + tool + "' (package " + PACKAGES.getOrDefault(tool, tool) + ")");
            }
        }
        Path folder = null;
        try {
            folder = Files.createTempDirectory(scratch, "probe");
            return tried(root ? Isolation.BUBBLEWRAP_AS_ROOT : Isolation.BUBBLEWRAP, folder.resolve("root"), sockets);
        } catch (IOException e) {
            return open("a sandbox cannot be started: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return open("interrupted while trying");
        } finally {
            delete(folder);
        }
    }

    private static List<String> tools(boolean root) {
        List<String> tools = new ArrayList<>(OwnNetwork.TOOLS);
        tools.add("unshare");
        if (root) {
            tools.addAll(List.of("bash", "mount", "setpriv"));
        }
        return tools;
    }

    private static Confinement tried(Isolation isolation, Path sandbox, SocketFolder sockets) throws IOException, InterruptedException {
        for (var name : List.of("proc", "etc", "usr", "dev")) {
            Files.createDirectories(sandbox.resolve(name));
        }
        var control = sockets.control("probe");
        var network = new OwnNetwork(isolation, control, sockets.door(Network.NONE));
        var nothing = new ConfinedCommand(network.inside(List.of("test", "-e", "/proc/1")), "/", List.of(), List.of(), network);
        var line = network.around(BubblewrapCommand.of(isolation, sandbox, Workshop.FIRST_USER, nothing));
        var process = new ProcessBuilder(line).redirectErrorStream(true).start();
        process.getOutputStream().close();
        var said = new OutputTail();
        OutputLines.read(process.getInputStream(), said::add);
        int code = process.waitFor();
        DeleteFolder.now(control);
        return code == 0
                ? new Confinement(isolation, Optional.empty())
                : open("a sandbox cannot be started: " + (said.last().isEmpty() ? "it ended with code " + code : said.last()));
    }

    String description() {
        var users = isolation == Isolation.BUBBLEWRAP ? " (one user id in each sandbox: this worker is not root)" : "";
        return isolation + users + openBecause.map(why -> " (" + why + ")").orElse("");
    }

    private static void delete(@Nullable Path folder) {
        if (folder != null) {
            DeleteFolder.now(folder);
        }
    }
}
