// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.tool;

import dev.assay.sdk.agents.ssh.CommandResult;
import dev.assay.sdk.agents.ssh.CommandTimeoutException;
import dev.assay.sdk.agents.ssh.Deadline;
import dev.assay.sdk.agents.ssh.ShellText;
import dev.assay.sdk.agents.ssh.SshConnectionException;
import dev.assay.sdk.agents.ssh.SshWorkspace;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Commands and files of a workspace as tools show them to a model. Paths are passed as they are: the shell knows best what they name. */
public final class WorkspaceFiles {

    private static final byte[] NOTHING = {};

    private final SshWorkspace workspace;

    public WorkspaceFiles(SshWorkspace workspace) {
        this.workspace = workspace;
    }

    /** Runs a command and shows all that it wrote and how it ended. */
    public ToolOutcome bash(String command, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var result = workspace.run(command, NOTHING, deadline);
        var text = ShellText.transcript(command, result);
        return result.succeeded() ? ToolOutcome.text(text) : ToolOutcome.failure(text);
    }

    /** Runs a command, for a tool that shows what came of it in its own way. */
    public CommandResult run(String command, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        return workspace.run(command, NOTHING, deadline);
    }

    /** The text of a file that is only shown: what is no UTF-8 becomes U+FFFD. */
    public ToolOutcome text(String path, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var result = cat(path, deadline);
        var problem = problemOf(result, path);
        return problem == null ? ToolOutcome.text(result.outputText()) : problem;
    }

    /** The text of a file that is to be written again: of anything but UTF-8 it would come back as something else. */
    public ToolOutcome read(String path, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var result = cat(path, deadline);
        var problem = problemOf(result, path);
        if (problem != null) {
            return problem;
        }
        var text = utf8(result.output());
        return text == null ? ToolOutcome.failure(path + " is no UTF-8 text: use bash to change it") : ToolOutcome.text(text);
    }

    /** A file as text or, where its first bytes say so, as an image. */
    public ToolOutcome view(String path, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var result = cat(path, deadline);
        var problem = problemOf(result, path);
        if (problem != null) {
            return problem;
        }
        var imageType = imageType(result.output());
        if (imageType != null) {
            return ToolOutcome.image(imageType, Base64.getEncoder().encodeToString(result.output()));
        }
        var text = utf8(result.output());
        return text == null || text.indexOf('\0') >= 0
                ? ToolOutcome.failure("Cannot view this file: expected UTF-8 text or an image.")
                : ToolOutcome.text(text);
    }

    /** Replaces a file; its folder must exist. */
    public ToolOutcome write(String path, String content, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var bytes = content.getBytes(StandardCharsets.UTF_8);
        var result = workspace.run("cat > " + ShellText.quote(path), bytes, deadline);
        var problem = problemOf(result, path);
        return problem == null ? ToolOutcome.text("wrote " + bytes.length + " bytes to " + path) : problem;
    }

    /** The names in a folder, one a line. */
    public ToolOutcome list(String path, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        var result = workspace.run("ls -1A -- " + ShellText.quote(path), NOTHING, deadline);
        var problem = problemOf(result, path);
        if (problem != null) {
            return problem;
        }
        var names = result.outputText().lines().sorted().collect(Collectors.joining("\n"));
        return ToolOutcome.text(names.isEmpty() ? "(empty)" : names);
    }

    private CommandResult cat(String path, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException {
        return workspace.run("cat -- " + ShellText.quote(path), NOTHING, deadline);
    }

    private static @Nullable ToolOutcome problemOf(CommandResult result, String path) {
        if (!result.succeeded()) {
            var said = result.errorText().strip();
            return ToolOutcome.failure(said.isEmpty() ? "exit " + result.status() : said);
        }
        return result.complete() ? null : ToolOutcome.failure(path + " is too large to be read whole; use bash to look at a part of it");
    }

    private static @Nullable String imageType(byte[] bytes) {
        if (startsWith(bytes, "\u0089PNG\r\n\u001a\n")) {
            return "image/png";
        }
        if (startsWith(bytes, "\u00ff\u00d8\u00ff")) {
            return "image/jpeg";
        }
        if (startsWith(bytes, "GIF87a") || startsWith(bytes, "GIF89a")) {
            return "image/gif";
        }
        var webp = bytes.length >= 12 && startsWith(Arrays.copyOfRange(bytes, 8, 12), "WEBP");
        return webp && startsWith(bytes, "RIFF") ? "image/webp" : null;
    }

    private static boolean startsWith(byte[] bytes, String signature) {
        var expected = signature.getBytes(StandardCharsets.ISO_8859_1);
        return bytes.length >= expected.length && Arrays.equals(bytes, 0, expected.length, expected, 0, expected.length);
    }

    private static @Nullable String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }
}
