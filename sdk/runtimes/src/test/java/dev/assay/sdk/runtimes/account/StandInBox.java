// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.account;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.process.FakePythonContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What stands in for a sandbox's machine: processes with files, processes and a network of their own, one of which starts the others. Its
 * image is the fake environment of all runtimes' tests, as a program {@code hud}.
 */
public final class StandInBox implements AutoCloseable {

    /** Of a process's life, one line each: what it is, its output, its end; back, its input. */
    private static final String STARTER = """
            import base64, json, os, socket, subprocess, threading
            listening = socket.socket(socket.AF_UNIX)
            listening.bind("/run/box/starting"); listening.listen(100); os.rename("/run/box/starting", "/run/box/starter")
            def attend(peer):
                lines = peer.makefile("r"); lock = threading.Lock(); asked = json.loads(lines.readline())
                def say(**what):
                    with lock: peer.sendall((json.dumps(what) + "\\n").encode())
                process = subprocess.Popen(
                    [asked["cmd"]] + asked["args"], env={"PATH": "/usr/bin:/bin", **asked["envs"]},
                    stdin=subprocess.PIPE if asked["stdin"] else subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                say(pid=process.pid)
                def copy(name, pipe):
                    while data := os.read(pipe.fileno(), 32768): say(**{name: base64.b64encode(data).decode()})
                copies = [threading.Thread(target=copy, args=(name, getattr(process, name))) for name in ("stdout", "stderr")]
                for one in copies: one.start()
                def feed():
                    for line in lines:
                        told = json.loads(line)
                        if "kill" in told: process.kill()
                        elif "close" in told: process.stdin.close()
                        else:
                            try: process.stdin.write(base64.b64decode(told["stdin"])); process.stdin.flush()
                            except OSError: pass
                threading.Thread(target=feed, daemon=True).start()
                code = process.wait()
                for one in copies: one.join()
                say(exit=code); peer.close()
            while True: threading.Thread(target=attend, args=(listening.accept()[0],), daemon=True).start()
            """;

    private final Path folder;
    private final Process process;
    private final Map<String, String> metadata;

    public StandInBox(Path folder, Map<String, String> metadata) throws IOException, InterruptedException {
        this.folder = folder;
        this.metadata = metadata;
        var programs = Files.createDirectories(folder.resolve("app/.venv/bin"));
        Files.writeString(programs.resolve("hud"), "#!/usr/bin/env python3\n" + FakePythonContext.SERVER);
        Files.setPosixFilePermissions(programs.resolve("hud"), PosixFilePermissions.fromString("rwxr-xr-x"));
        process = new ProcessBuilder(
                        "bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib",
                        "/lib", "--symlink", "usr/lib64", "/lib64", "--ro-bind", "/etc", "/etc", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp",
                        "--bind", folder.resolve("app").toString(), "/app", "--bind", folder.toString(), "/run/box", "--clearenv", "--setenv",
                        "PATH", "/usr/bin:/bin", "python3", "-c", STARTER)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("trouble").toFile())
                .start();
        while (!Files.exists(folder.resolve("starter"))) {
            if (!process.isAlive()) {
                throw new IOException(Files.readString(folder.resolve("trouble")));
            }
            Thread.onSpinWait();
        }
    }

    public Map<String, String> metadata() {
        return metadata;
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /** One process in it. */
    public record Started(long pid, SocketChannel channel, BufferedReader events) {

        public void tell(JsonNode line) throws IOException {
            write(channel, line);
        }
    }

    /** On a virtual thread a socket takes what it has room for, and no more. */
    private static void write(SocketChannel channel, JsonNode line) throws IOException {
        for (var bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)); bytes.hasRemaining(); ) {
            channel.write(bytes);
        }
    }

    public Started start(String cmd, List<String> arguments, JsonNode variables, boolean input) throws IOException {
        var address = UnixDomainSocketAddress.of(folder.resolve("starter"));
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(address);
        var events = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
        var asked = Json.object().put("cmd", cmd).put("stdin", input);
        arguments.forEach(asked.putArray("args")::add);
        asked.set("envs", variables);
        write(channel, asked);
        return new Started(Json.MAPPER.readTree(events.readLine()).path("pid").asLong(), channel, events);
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
