// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.protocol.Dial;
import dev.assay.sdk.runtimes.SandboxLimits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.awaitility.Awaitility;

/** A worker in a process of its own, so that it can die. */
final class AnotherWorker {

    private AnotherWorker() {}

    /** Returns where its sandbox served. */
    static SocketAddress thatLaunchesAndIsKilled(Path folder, boolean wallOff, PreparedVersion version)
            throws IOException, InterruptedException {
        return thatIsKilled(folder, wallOff, version, false);
    }

    static SocketAddress thatForksAndIsKilled(Path folder, PreparedVersion version) throws IOException, InterruptedException {
        return thatIsKilled(folder, true, version, true);
    }

    private static SocketAddress thatIsKilled(Path folder, boolean wallOff, PreparedVersion version, boolean forks)
            throws IOException, InterruptedException {
        var environment = version.virtualEnvironment();
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(), "-XX:TieredStopAtLevel=1", "-cp",
                        System.getProperty("java.class.path"), AnotherWorker.class.getName(), folder.toString(), Boolean.toString(wallOff),
                        version.source().toString(), environment.folder().toString(), environment.base().executable().toString(),
                        environment.base().prefix().toString(), Boolean.toString(forks))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var output = new BufferedReader(new InputStreamReader(process.getInputStream()));
        var line = output.readLine();
        while (line != null && !line.startsWith("at ")) {
            line = output.readLine();
        }
        process.destroyForcibly().waitFor();
        if (line == null) {
            throw new IOException("the other worker did not launch");
        }
        return line.startsWith("at /")
                ? UnixDomainSocketAddress.of(line.substring(3))
                : new InetSocketAddress("127.0.0.1", Integer.parseInt(line.substring(3)));
    }

    static boolean answers(SocketAddress address) {
        try (var socket = Dial.to(address, Duration.ofSeconds(1))) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    public static void main(String[] args) throws Exception {
        var base = new PythonInterpreter(Path.of(args[4]), Path.of(args[5]), 12);
        var version = new PreparedVersion(
                "fake", Path.of(args[2]), new Recipe.Python("env.py", List.of(), List.of(), false, ""),
                new VirtualEnvironment(Path.of(args[3]), base));
        var runtime = ProcessRuntime.on(Path.of(args[0]), Path.of(args[0], "venvs"), Boolean.parseBoolean(args[1]), System.getenv(), null,
                Boolean.parseBoolean(args[6]));
        var limits = SandboxLimits.DEFAULTS.withStartup(Duration.ofMinutes(1));
        var sandbox = runtime.launch(
                Boolean.parseBoolean(args[6]) ? ForkTests.spec(version, "orphan", Map.of()) : FakePythonContext.spec(version, limits, Map.of()));
        if (Boolean.parseBoolean(args[6])) { // what was asked for twice is made to wait
            runtime.launch(ForkTests.spec(version, "another orphan", Map.of()));
            Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> oneWaits(Path.of(args[0], "sandboxes")));
        }
        // a child that has left the group, as a test's own server might
        FakePythonContext.ask(sandbox, "subprocess.Popen(['setsid', 'sleep', '1000']).pid");
        System.out.println("at " + (sandbox.address() instanceof InetSocketAddress tcp ? tcp.getPort() : sandbox.address()));
        Thread.sleep(600_000);
    }

    /** One stands behind its walls: it, the first process of its namespace and who relays. */
    private static boolean oneWaits(Path sandboxes) throws IOException {
        try (var folders = Files.list(sandboxes)) {
            for (var folder : folders.toList()) {
                try {
                    var record = SandboxRecord.readFrom(folder);
                    if (record.run().startsWith("fork-of-") && Set.copyOf(record.group().members()).size() == 3) {
                        return true;
                    }
                } catch (IOException e) {
                    // one that is just being made
                }
            }
            return false;
        }
    }
}
