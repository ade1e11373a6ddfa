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
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A command that runs walled off, with all that it starts, in a process group of its own: a fresh process, which is this one's child. */
final class ConfinedProcess extends RunningSandbox {

    private final String program;
    private final Process process;

    /** One for all who ask: each is kept until the process ends, and some ask every two seconds. */
    private final CompletableFuture<Integer> exit;

    private final Thread output;

    private ConfinedProcess(
            String id, SandboxFolder folder, ControlGroup group, ConfinedCommand confined, String program, Process process,
            Consumer<String> lines) {
        super(id, folder, group, confined.network());
        this.program = program;
        this.process = process;
        this.exit = process.onExit().thenApply(Process::exitValue);
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

    @Override
    boolean alive() {
        return process.isAlive();
    }

    @Override
    CompletableFuture<Integer> onExit() {
        return exit;
    }

    @Override
    Set<Long> processes() {
        Set<Long> all = new HashSet<>(group().members());
        if (!group().exists()) {
            all.add(process.pid());
            process.descendants().map(ProcessHandle::pid).forEach(all::add);
            if (!folder().isolation().hasOwnRoot()) {
                LabelledProcesses.of(id()).map(ProcessHandle::pid).forEach(all::add);
            }
        }
        return all;
    }

    @Override
    void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        group().kill();
        if (!folder().isolation().hasOwnRoot()) {
            LabelledProcesses.kill(id());
        }
    }

    @Override
    void awaitOutput(Duration time) throws InterruptedException {
        output.join(time);
    }

    @Override
    boolean askToEnd() {
        return Stream.concat(process.toHandle().descendants(), Stream.of(process.toHandle()))
                .filter(this::isProgram)
                .findFirst()
                .map(ProcessHandle::destroy)
                .orElse(false);
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
