// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.protocol.Dial;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxLimits;
import dev.assay.sdk.runtimes.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A version whose context brings a fake of the client's serving module: it announces a port, and answers each connection with what a
 * Python expression sent to it evaluates to, and a client that begins with hello. So tests can look around inside a sandbox without installing anything.
 */
public final class FakePythonContext {

    /** The program, for other runtimes' tests, too. */
    public static final String SERVER = """
            import os, signal, socket, subprocess, sys, threading, time
            if os.environ.get("FAKE_FAILURE") == "exit":
                print("about to fail"); print("ValueError: no such word"); sys.exit(3)
            if os.environ.get("FAKE_FAILURE") == "silence":
                time.sleep(60)
            def bye(*_):
                if os.environ.get("FAKE_STUBBORN"): return
                print("bye", flush=True); sys.exit(os.environ.get("FAKE_LAST_WORDS", 143))
            signal.signal(signal.SIGTERM, bye)
            server = socket.create_server(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])))
            print("starting"); print("HUD_SERVE_PORT=%d" % server.getsockname()[1], flush=True)
            HELLO = '{"jsonrpc":"2.0","id":1,"result":{"session_id":"one","env":{"name":"fake","version":"1"},"bindings":[]}}\\n'
            def run(line):
                return subprocess.run(line, capture_output=True, text=True).stdout
            def answer(peer):
                with peer:
                    text = peer.makefile().readline()
                    try: reply = HELLO if '"hello"' in text else str(eval(text))
                    except BaseException as e: reply = repr(e)
                    peer.sendall(reply.encode())
            while True:
                peer, _ = server.accept()
                threading.Thread(target=answer, args=(peer,), daemon=True).start()
            """;

    /** Loads the environment's code first, and serves by way of the function that the client's server ends with. */
    private static final String LOADS = """
            import os, signal, socket, subprocess, sys, threading, time
            sys.path.insert(0, os.path.dirname(sys.argv[1]))
            import env
            def run(line):
                return subprocess.run(line, capture_output=True, text=True).stdout
            def serve():
            %s
            from hud.utils.process import run_until_terminated
            run_until_terminated(serve)
            """.formatted(SERVER.indent(4));

    private FakePythonContext() {}

    static PreparedVersion thatCanBeForked(Path folder) throws IOException, InterruptedException {
        var made = in(folder);
        var package_ = made.virtualEnvironment().folder().resolve(
                "lib/python3." + made.virtualEnvironment().base().minor() + "/site-packages/hud");
        Files.writeString(package_.resolve("environment/server.py"), LOADS);
        Files.createDirectories(package_.resolve("utils"));
        Files.writeString(package_.resolve("utils/__init__.py"), "");
        Files.writeString(package_.resolve("utils/process.py"), "def run_until_terminated(main):\n    return main()\n");
        return with(made, "forked", Files.createDirectory(folder.resolve("forked")), "");
    }

    /** @param line of the environment's code */
    static PreparedVersion with(PreparedVersion other, String id, Path source, String line) throws IOException {
        Files.writeString(source.resolve("env.py"), """
                import os, socket, subprocess, threading, time
                LOADED, SEEN, WORD = time.time_ns(), [], os.environ.get("WORD")
                %s
                """.formatted(line));
        return new PreparedVersion(id, source, other.recipe(), other.virtualEnvironment());
    }

    public static PreparedVersion in(Path folder) throws IOException, InterruptedException {
        var source = Files.createDirectories(folder.resolve("context"));
        Files.writeString(source.resolve("env.py"), "Environment('fake')");
        var base = FindPython.on(System.getenv()).getFirst();
        var venv = folder.resolve("fake-venv");
        new ProcessBuilder(base.executable().toString(), "-m", "venv", "--without-pip", venv.toString()).start().waitFor();
        var module = Files.createDirectories(venv.resolve("lib/python3." + base.minor() + "/site-packages/hud/environment"));
        Files.writeString(module.resolveSibling("__init__.py"), "");
        Files.writeString(module.resolve("__init__.py"), "");
        Files.writeString(module.resolve("server.py"), SERVER);
        return new PreparedVersion(
                "fake", source, new Recipe.Python("env.py", List.of(), List.of(), false, ""), new VirtualEnvironment(venv, base));
    }

    static SandboxSpec spec(PreparedVersion version, SandboxLimits limits, Map<String, String> variables) {
        return new SandboxSpec(new SandboxLabel("run-of-a-test", 1), version, "fake", variables, Network.NONE, limits);
    }

    /** Evaluates a Python expression inside. */
    public static String ask(Sandbox sandbox, String expression) throws IOException {
        return ask(sandbox.address(), expression);
    }

    /** The same of one that listens there. */
    public static String ask(java.net.SocketAddress address, String expression) throws IOException {
        try (var socket = Dial.to(address, java.time.Duration.ofSeconds(5))) {
            socket.getOutputStream().write((expression + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}
