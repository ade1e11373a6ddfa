// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.environment.workspace;

import dev.assay.sdk.protocol.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.Signal;
import org.apache.sshd.server.channel.ChannelSession;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * One request of a session: a login shell in the folder. It ends with the process that it began; what that left running in its process
 * group ends with it, as it does on a signal, whichever it is, and when the client is gone: a second for those that listen to TERM,
 * then KILL. The status is the shell's: 128 and the signal's number for what was killed.
 */
final class Command implements org.apache.sshd.server.command.Command {

    private static final String BASH = "/bin/bash";

    /** Runs its arguments as a job, which is a process group, and waits for it. What it says of jobs is for nobody. */
    private static final String LEAD = """
            end() {
                kill -TERM -- -$! || return
                for _ in {1..20}; do kill -0 -- -$! || return; sleep 0.05; done
                kill -KILL -- -$!
            }
            exec 3>&2 2>/dev/null
            set -m
            trap end TERM
            "$@" <&0 2>&3 3>&- &
            exec 3>&- >/dev/null </dev/null
            wait $!
            status=$?
            end
            exit $status""";

    /** The variable by which a client asks for a way out that only this command may take. */
    private static final String CONNECTIONS = "HUD_PROCESS_CONNECTIONS";

    /** Longer than the second and the rest that the shell takes to end a group. */
    private static final Duration PATIENCE = Duration.ofSeconds(3);

    private final List<String> arguments;
    private final Path folder;
    private final Map<String, String> variables;
    private final Set<Command> running;
    private InputStream in = InputStream.nullInputStream();
    private OutputStream out = OutputStream.nullOutputStream();
    private OutputStream err = OutputStream.nullOutputStream();
    private ExitCallback exit = (status, message, close) -> {};
    private volatile @Nullable Process process;

    /** @param running what has not ended yet; it puts itself there and takes itself out */
    Command(List<String> arguments, Path folder, Map<String, String> variables, Set<Command> running) {
        this.arguments = arguments;
        this.folder = folder;
        this.variables = variables;
        this.running = running;
    }

    @Override
    public void start(ChannelSession channel, Environment environment) throws IOException {
        var connections = environment.getEnv().get(CONNECTIONS);
        if (connections != null) {
            refuse("cannot prepare shell: " + unbound(connections), 1);
            return;
        }
        if (!Files.isExecutable(Path.of(BASH))) {
            refuse("cannot spawn shell: there is no " + BASH, 127);
            return;
        }
        Process begun;
        try {
            begun = begin();
        } catch (IOException failed) {
            refuse("cannot spawn shell: " + failed.getMessage(), 1);
            return;
        }
        process = begun;
        running.add(this);
        environment.addSignalListener((_, signal) -> end(), Signal.INT, Signal.TERM, Signal.HUP, Signal.QUIT, Signal.KILL);
        Thread.ofVirtual().name("command-input").start(() -> feed(begun.getOutputStream()));
        var output = Relay.start(begun.getInputStream(), out);
        var errors = Relay.start(begun.getErrorStream(), err);
        Thread.ofVirtual().name("command").start(() -> await(begun, output, errors));
    }

    private Process begin() throws IOException {
        var command = new ArrayList<>(List.of(BASH, "-c", LEAD, "workspace", BASH));
        command.addAll(arguments);
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("HUD_"));
        builder.environment().putAll(variables);
        return builder.start();
    }

    private void await(Process begun, Relay output, Relay errors) {
        try {
            int status = begun.waitFor();
            output.finish();
            errors.finish();
            exit.onExit(status);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            running.remove(this);
        }
    }

    private void feed(OutputStream stdin) {
        try (stdin) {
            var buffer = new byte[8192];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                stdin.write(buffer, 0, count);
                stdin.flush();
            }
        } catch (IOException _) {
            // the command takes no more, or the client has gone
        }
    }

    private static String unbound(String connections) {
        try {
            var names = Json.MAPPER.readTree(connections);
            if (names.isArray() && names.valueStream().allMatch(name -> name.isString())) {
                return "process connection is not bound: "
                        + String.join(", ", names.valueStream().map(name -> name.stringValue()).toList());
            }
        } catch (JacksonException _) {
            // told below
        }
        return "invalid process connection request";
    }

    private void refuse(String reason, int status) throws IOException {
        err.write(("workspace: " + reason + "\n").getBytes(StandardCharsets.UTF_8));
        err.flush();
        exit.onExit(status);
    }

    /** Tells it to end, and does not wait. */
    void end() {
        var begun = process;
        if (begun != null) {
            begun.destroy();
        }
    }

    /** Until it has ended, or for as long as it should take at most. */
    void awaitEnd() {
        var begun = process;
        try {
            if (begun != null && !begun.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                begun.destroyForcibly();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void destroy(ChannelSession channel) {
        end();
    }

    @Override
    public void setInputStream(InputStream stream) {
        in = stream;
    }

    @Override
    public void setOutputStream(OutputStream stream) {
        out = stream;
    }

    @Override
    public void setErrorStream(OutputStream stream) {
        err = stream;
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
        exit = callback;
    }
}
