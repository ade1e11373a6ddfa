// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cli;

import dev.assay.sdk.agents.ssh.CommandResult;
import dev.assay.sdk.agents.ssh.CommandTimeoutException;
import dev.assay.sdk.agents.ssh.Deadline;
import dev.assay.sdk.agents.ssh.ShellText;
import dev.assay.sdk.agents.ssh.SshConnectionException;
import dev.assay.sdk.agents.ssh.SshWorkspace;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The little that a program's start needs of the workspace beside it: is it there, write a file, remove it again. */
final class RemoteShell {

    private static final Map<String, String> ARCHITECTURES = Map.of("x86_64", "x64", "amd64", "x64", "aarch64", "arm64", "arm64", "arm64");

    private final SshWorkspace workspace;

    RemoteShell(SshWorkspace workspace) {
        this.workspace = workspace;
    }

    /**
     * Where a program lies.
     *
     * @param managed where an operator's bundle has it, by platform: {@code linux-x64}, {@code linux-arm64-musl}, {@code darwin-arm64}
     * @throws CliException if it lies neither there nor on the path
     */
    String find(String program, UnaryOperator<String> managed) throws Exception {
        var platform = platform();
        var bundled = managed.apply(platform);
        if (run("test -x " + ShellText.quote(bundled)).succeeded()) {
            return bundled;
        }
        var found = run("command -v -- " + program);
        if (!found.succeeded() || found.outputText().isBlank()) {
            throw new CliException(program + " is unavailable for runtime platform " + platform
                    + ": it lies neither at " + bundled + " nor on the PATH");
        }
        return found.outputText().lines().findFirst().orElseThrow().strip();
    }

    private String platform() throws Exception {
        var told = run("uname -s; uname -m; if ls /lib/ld-musl-*.so.1 >/dev/null 2>&1; then echo musl; else echo gnu; fi");
        var lines = told.outputText().toLowerCase(Locale.ROOT).lines().map(String::strip).toList();
        if (!told.succeeded() || lines.size() != 3) {
            throw new CliException("the workspace does not say what it runs on: " + told.errorText().strip());
        }
        var architecture = ARCHITECTURES.get(lines.get(1));
        if (!lines.getFirst().equals("linux") && !lines.getFirst().equals("darwin") || architecture == null) {
            throw new CliException("the workspace runs on " + lines.getFirst() + " " + lines.get(1) + ", for which there are no programs");
        }
        return lines.getFirst() + "-" + architecture + (lines.getFirst().equals("linux") && lines.get(2).equals("musl") ? "-musl" : "");
    }

    CommandResult run(String command) throws SshConnectionException, InterruptedException {
        return run(command, "");
    }

    void write(String path, String text) throws Exception {
        var written = run("cat > " + ShellText.quote(path), text);
        if (!written.succeeded()) {
            throw new CliException(path + " cannot be written in the workspace: " + written.errorText().strip());
        }
    }

    private CommandResult run(String command, String input) throws SshConnectionException, InterruptedException {
        try {
            return workspace.run(command, input.getBytes(StandardCharsets.UTF_8), Deadline.none());
        } catch (CommandTimeoutException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
