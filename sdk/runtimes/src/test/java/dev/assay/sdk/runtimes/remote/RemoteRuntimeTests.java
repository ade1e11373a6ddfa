// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.remote;

import static dev.assay.sdk.runtimes.process.FakePythonContext.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Prepared;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.RuntimeConformance;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.Source;
import dev.assay.sdk.runtimes.process.FakePythonContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An environment that somebody else serves, at a name that only these tests' rule allows. */
class RemoteRuntimeTests extends RuntimeConformance {

    private static Process server;
    private static int port;
    private static RemoteRuntime runtime;

    @BeforeAll
    static void serve() throws Exception {
        server = new ProcessBuilder("python3", "-c", FakePythonContext.SERVER, "--port", "0").redirectErrorStream(true).start();
        port = announced(server);
        runtime = new RemoteRuntime(RemoteRuntimeTests::dial);
    }

    private static int announced(Process server) throws IOException {
        var lines = new BufferedReader(new InputStreamReader(server.getInputStream()));
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("HUD_SERVE_PORT=")) {
                return Integer.parseInt(line.substring(line.indexOf('=') + 1));
            }
        }
        throw new IOException("it did not serve");
    }

    private static Socket dial(String host, int port) throws IOException {
        if (!host.equals("served.example")) {
            throw new IOException("'" + host + "' is not allowed");
        }
        return new Socket("127.0.0.1", port);
    }

    @AfterAll
    static void stop() {
        server.destroyForcibly();
    }

    @Override
    protected Runtime runtime() {
        return runtime;
    }

    @Override
    protected Prepared prepared() {
        return at("served.example", port);
    }

    private static Prepared at(String host, int port) {
        return runtime.prepare(new Source.Remote(InetSocketAddress.createUnresolved(host, port)), line -> {});
    }

    @Override
    protected Collection<String> traces() {
        return List.of();
    }

    @Override
    protected Source foreignSource() {
        return new Source.Image("python");
    }

    @Override
    protected boolean starts() {
        return false;
    }

    @Override
    protected Path door() {
        throw new AssertionError("it has none");
    }

    @Test
    void closingARunsViewEndsNothingThatOthersUse() throws Exception {
        try (var other = launch(Map.of())) {
            launch(Map.of()).close();
            assertThat(ask(other, "1 + 1")).isEqualTo("2");
            assertThat(server.isAlive()).isTrue();
        }
    }

    @Test
    void whatIsNotAllowedIsNotTriedAndSaysWhy() {
        assertThatThrownBy(() -> launch(at("elsewhere.example", port), Duration.ofMinutes(5)))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("tcp://elsewhere.example:" + port).hasMessageContaining("is not allowed");
    }

    @Test
    void oneThatNeverAnswersIsGivenUp() {
        assertThatThrownBy(() -> launch(at("served.example", 1), Duration.ofMillis(600)))
                .isInstanceOf(SandboxException.class).hasMessageContaining("tcp://served.example:1 did not answer");
    }

    @Test
    void oneThatIsThereNoMoreIsLost() throws Exception {
        var shortLived = new ProcessBuilder("python3", "-c", FakePythonContext.SERVER, "--port", "0").redirectErrorStream(true).start();
        var sandbox = launch(at("served.example", announced(shortLived)), Duration.ofSeconds(30));
        assertThat(sandbox.lostBecause()).isEmpty();

        shortLived.destroyForcibly().waitFor();

        assertThat(sandbox.lostBecause()).hasValueSatisfying(reason -> assertThat(reason).contains("does not answer any more"));
        sandbox.close();
        assertThat(sandbox.alive()).isFalse();
    }

    private Sandbox launch(Prepared prepared, Duration startup) throws SandboxException, InterruptedException {
        var label = new SandboxLabel("run-of-a-test", 1);
        return runtime.launch(new SandboxSpec(label, prepared, "fake", Map.of(), Network.NONE, LIMITS.withStartup(startup)));
    }
}
