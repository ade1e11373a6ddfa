// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.ssh;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Set;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.Signal;
import org.apache.sshd.server.channel.ChannelSession;

/** One exec request of {@link FakeWorkspace}: a real process. */
final class BashCommand extends ExecCommand {

    private final String command;
    private final Path folder;
    private final Set<String> terminated;
    private final Set<BashCommand> running;
    private volatile Process process;

    BashCommand(String command, Path folder, Set<String> terminated, Set<BashCommand> running) {
        this.command = command;
        this.folder = folder;
        this.terminated = terminated;
        this.running = running;
    }

    @Override
    public void start(ChannelSession channel, Environment environment) throws IOException {
        running.add(this);
        var builder = new ProcessBuilder("bash", "-lc", command).directory(folder.toFile());
        builder.environment().put("HOME", folder.toString());
        var bound = environment.getEnv().get("HUD_PROCESS_CONNECTIONS");
        if (bound != null) {
            builder.environment().put("BOUND", bound);
        }
        process = builder.start();
        environment.addSignalListener(
                (ignored, signal) -> {
                    terminated.add(command);
                    process.destroy();
                },
                Signal.TERM);
        Thread.startVirtualThread(() -> copy(in, process.getOutputStream()));
        var writingOut = Thread.startVirtualThread(() -> copy(process.getInputStream(), out));
        var writingErr = Thread.startVirtualThread(() -> copy(process.getErrorStream(), err));
        Thread.startVirtualThread(() -> {
            try {
                var status = process.waitFor();
                running.remove(this);
                writingOut.join();
                writingErr.join();
                exit.onExit(status);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    @Override
    public String toString() {
        return command;
    }

    private static void copy(InputStream from, OutputStream to) {
        try (to) {
            var buffer = new byte[8192];
            for (var n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                to.write(buffer, 0, n);
                to.flush();
            }
        } catch (IOException e) {
            // one of the two ends is gone
        }
    }

    @Override
    public void destroy(ChannelSession channel) {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
