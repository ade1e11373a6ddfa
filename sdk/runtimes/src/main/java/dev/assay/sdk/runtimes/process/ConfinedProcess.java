// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.OutputLines;
import dev.assay.sdk.runtimes.SandboxLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A command that runs walled off, with all that it starts, in a folder, a process group and a control group of its own. */
final class ConfinedProcess {

    private static final Logger LOG = LoggerFactory.getLogger(ConfinedProcess.class);

    private final String id;
    private final SandboxFolder folder;
    private final ControlGroup group;
    private final ConfinedCommand confined;
    private final String program;
    private final Process process;
    private final Thread output;
    private volatile @Nullable String endedBecause;
    private boolean closed;

    private ConfinedProcess(
            String id, SandboxFolder folder, ControlGroup group, ConfinedCommand confined, String program, Process process,
            Consumer<String> lines) {
        this.id = id;
        this.folder = folder;
        this.group = group;
        this.confined = confined;
        this.program = program;
        this.process = process;
        this.output = OutputLines.start("sandbox-output", process.getInputStream(), lines);
    }

    /**
     * @param program the command's own first word, by which it is recognized among the programs that wall it off
     */
    static ConfinedProcess start(
            String id, SandboxFolder folder, ControlGroup group, SandboxLimits limits, ConfinedCommand confined, String program,
            Consumer<String> lines)
            throws IOException {
        var builder = new ProcessBuilder(commandLine(folder, group, limits, confined)).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
        if (!folder.isolation().hasOwnRoot()) {
            builder.environment().put(LabelledProcesses.LABEL, id);
            builder.directory(Path.of(confined.workingDirectory()).toFile());
        }
        var process = LaunchThread.start(builder);
        process.getOutputStream().close();
        return new ConfinedProcess(id, folder, group, confined, program, process, lines);
    }

    private static List<String> commandLine(SandboxFolder folder, ControlGroup group, SandboxLimits limits, ConfinedCommand confined)
            throws IOException {
        List<String> line = new ArrayList<>();
        addIfThere(line, "setsid");
        line.addAll(List.of("/bin/sh", "-c", entrance(folder, group, limits), "sh"));
        if (folder.isolation().hasOwnRoot()) {
            var walled = BubblewrapCommand.of(folder.isolation(), folder.root(), folder.user(), confined);
            line.addAll(confined.network() == null ? walled : confined.network().around(walled));
        } else {
            if (addIfThere(line, "setpriv")) {
                line.addAll(List.of("--pdeathsig", "KILL", "--"));
            }
            line.addAll(confined.command());
        }
        return line;
    }

    private static boolean addIfThere(List<String> line, String tool) {
        var found = Tools.find(tool);
        if (found != null) {
            line.add(found);
        }
        return found != null;
    }

    /**
     * The shell takes the limits upon itself before it becomes the sandbox, so nothing of it ever runs outside. What the system does
     * not let us set (its own limit may be lower) stays as it is.
     */
    private static String entrance(SandboxFolder folder, ControlGroup group, SandboxLimits limits) {
        var script = new StringBuilder();
        for (var door : group.doors()) {
            script.append("echo 0 > ").append(SandboxFolder.quoted(door.toString())).append(" || exit 125\n");
        }
        script.append("ulimit -c 0 2>/dev/null\n");
        script.append("ulimit -f ").append(limits.diskBytes() / 512).append(" 2>/dev/null\n");
        if (!group.exists()) {
            script.append("ulimit -d ").append(limits.memoryBytes() >> 10).append(" 2>/dev/null\n");
        }
        if (folder.isolation() == Isolation.BUBBLEWRAP_AS_ROOT) {
            script.append("ulimit -u ").append(limits.processes()).append(" 2>/dev/null || ulimit -p ");
            script.append(limits.processes()).append(" 2>/dev/null\n");
        }
        return script.append("exec \"$@\"").toString();
    }

    boolean alive() {
        return process.isAlive();
    }

    /** The network of its own; null if it has the machine's. */
    @Nullable OwnNetwork network() {
        return confined.network();
    }

    Process process() {
        return process;
    }

    /** All that run in it now. */
    Set<Long> processes() {
        Set<Long> all = new HashSet<>(group.members());
        if (!group.exists()) {
            all.add(process.pid());
            process.descendants().map(ProcessHandle::pid).forEach(all::add);
            if (!folder.isolation().hasOwnRoot()) {
                LabelledProcesses.of(id).map(ProcessHandle::pid).forEach(all::add);
            }
        }
        return all;
    }

    /** Why we ended it, for people; null if we did not. */
    @Nullable String endedBecause() {
        return endedBecause;
    }

    /** Ends all that runs; what it leaves is cleared away when it is closed. */
    void end(String why) {
        endedBecause = why;
        LOG.info("sandbox {}: {}", id, why);
        kill();
    }

    private void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        group.kill();
        if (!folder.isolation().hasOwnRoot()) {
            LabelledProcesses.kill(id);
        }
    }

    /** Whether it ended by itself in time. */
    boolean waitFor(Duration time) throws InterruptedException {
        boolean ended = process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
        if (ended) {
            output.join(Duration.ofSeconds(2));
        }
        return ended;
    }

    /** Asks it to end, waits that long, then ends it and everything it started; nothing of it is left afterwards. */
    synchronized void close(Duration grace) {
        if (closed) {
            return;
        }
        closed = true;
        if (process.isAlive() && !grace.isZero()) {
            askToEnd(grace);
        }
        kill();
        awaitEnd(Duration.ofSeconds(5));
        if (confined.network() != null) {
            DeleteFolder.now(confined.network().control());
        }
        if (group.delete()) {
            folder.delete();
        } else { // its record stays, for whoever reaps
            folder.leftovers().add(folder.folder(), "the sandbox's control group cannot be deleted");
            DeleteFolder.now(folder.root());
        }
    }

    private void askToEnd(Duration grace) {
        var server = process.toHandle().descendants().filter(this::isProgram).findFirst();
        if (server.isEmpty() && isProgram(process.toHandle())) {
            server = java.util.Optional.of(process.toHandle());
        }
        if (server.isPresent() && server.get().destroy()) {
            awaitEnd(grace);
        }
    }

    private void awaitEnd(Duration time) {
        try {
            process.onExit().get(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException e) {
            // it had its time
        }
    }

    private boolean isProgram(ProcessHandle candidate) {
        try {
            var line = new String(
                    Files.readAllBytes(Path.of("/proc", Long.toString(candidate.pid()), "cmdline")), StandardCharsets.UTF_8);
            return line.startsWith(program + "\0");
        } catch (IOException e) {
            return false;
        }
    }
}
