// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import static dev.assay.sdk.runtimes.process.FakePythonContext.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.assay.sdk.protocol.ControlClient;
import dev.assay.sdk.protocol.Dial;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What every runtime keeps to, each tried with the same small environment. Some do not start what they reach: that is left out there. */
public abstract class RuntimeConformance {

    private static final SandboxLabel LABEL = new SandboxLabel("run-of-a-test", 1);

    protected static final SandboxLimits LIMITS = SandboxLimits.DEFAULTS
            .withMemoryBytes(256L << 20).withStartup(Duration.ofSeconds(30)).withLifetime(Duration.ofMinutes(5));

    protected abstract Runtime runtime();

    protected abstract Prepared prepared();

    /** What there is of sandboxes, by whatever they are known: processes, folders, containers. */
    protected abstract Collection<String> traces() throws Exception;

    /** A source that it has no use for. */
    protected abstract Source foreignSource();

    /** Whether each launch starts an environment anew, within walls and limits. */
    protected boolean starts() {
        return true;
    }

    /** Whether environments find a place for the files of their sessions, which another sandbox can be given. */
    protected boolean keepsSessions() {
        return false;
    }

    /** Whether it keeps to limits itself, rather than hand them on. */
    protected boolean limits() {
        return starts();
    }

    /** Whether a sandbox is behind walls of this platform's, rather than somewhere else altogether. */
    protected boolean walls() {
        return starts();
    }

    /** What a sandbox sees of networks, as Python writes a list. */
    protected String networkDevices() {
        return "['lo']";
    }

    /** Where the worker listens for sandboxes without a network. */
    protected abstract Path door();

    @Test
    void aLaunchedSandboxAnswersHello() throws Exception {
        try (var sandbox = launch(Map.of()); var client = ControlClient.connect(sandbox.address(), Duration.ofSeconds(10))) {
            assertThat(client.hello().env().name()).isEqualTo("fake");
            assertThat(sandbox.alive()).isTrue();
            assertThat(sandbox.lostBecause()).isEmpty();
        }
    }

    @Test
    void nothingIsLeftOfWhatWasClosedAndClosingTwiceIsHarmless() throws Exception {
        var before = traces();
        var sandbox = launch(Map.of());
        ask(sandbox, "subprocess.Popen(['sh', '-c', 'sleep 300 & sleep 300 &'])");
        sandbox.close();
        sandbox.close();
        assertThat(traces()).containsExactlyInAnyOrderElementsOf(before);
        assertThat(sandbox.lostBecause()).isEmpty();
    }

    @Test
    void twoAtOnceKnowNothingOfEachOther() throws Exception {
        assumeTrue(starts());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Sandbox> start = () -> launch(Map.of());
            var both = threads.invokeAll(List.of(start, start));
            try (var one = both.getFirst().get(); var other = both.getLast().get()) {
                ask(one, "open('/tmp/mark', 'w').write('mine')");
                ask(one, "globals().update(port=socket.create_server(('127.0.0.1', 8123)))");
                assertThat(ask(one, "os.path.exists('/tmp/mark')")).isEqualTo("True");
                assertThat(ask(other, "os.path.exists('/tmp/mark')")).isEqualTo("False");
                assertThat(ask(other, "socket.create_connection(('127.0.0.1', 8123))")).contains("ConnectionRefusedError");
            }
        }
    }

    @Test
    void anEnvironmentThatEndsBeforeItServesIsToldOfInItsOwnWords() throws Exception {
        assumeTrue(starts());
        var before = traces();
        assertThatThrownBy(() -> launch(Map.of("FAKE_FAILURE", "exit")))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("code 3").hasMessageContaining("ValueError: no such word")
                .satisfies(failure -> assertThat(((SandboxException) failure).outputTail()).contains("about to fail"));
        assertThat(traces()).containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    void oneThatNeverServesIsEndedInTime() throws Exception {
        assumeTrue(starts());
        var before = traces();
        assertThatThrownBy(() -> launch(Map.of("FAKE_FAILURE", "silence"), LIMITS.withStartup(Duration.ofSeconds(2))))
                .isInstanceOf(SandboxException.class).hasMessageContaining("did not serve within 2s");
        assertThat(traces()).containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    void oneThatEndsIsNotLostButDead() throws Exception {
        assumeTrue(starts());
        try (var sandbox = launch(Map.of())) {
            ask(sandbox, "print('its last words', flush=True) or os._exit(7)");
            await().untilAsserted(() -> assertThat(sandbox.alive()).isFalse());
            await().untilAsserted(() -> assertThat(sandbox.outputTail()).contains("its last words")); // read by another
            assertThat(sandbox.lostBecause()).isEmpty();
        }
    }

    @Test
    void whatItMayUseHasAnEnd() throws Exception {
        assumeTrue(limits());
        try (var sandbox = launch(Map.of(), LIMITS.withProcesses(40))) {
            var forks = "len([p for p in [(lambda: subprocess.Popen(['sleep', '60']))() for _ in range(200)]])";
            assertThat(ask(sandbox, forks)).contains("BlockingIOError");
        }
        try (var sandbox = launch(Map.of())) {
            ask(sandbox, "globals().update(held=[bytearray(64 << 20) for _ in range(64)])");
            await().untilAsserted(() -> assertThat(sandbox.alive()).isFalse());
        }
    }

    @Test
    void oneThatHasLivedForLongEnoughIsEnded() throws Exception {
        assumeTrue(starts());
        var before = traces();
        try (var sandbox = launch(Map.of(), LIMITS.withStartup(Duration.ofSeconds(20)).withLifetime(Duration.ofSeconds(1)))) {
            await().untilAsserted(() -> assertThat(sandbox.alive()).isFalse());
            assertThat(sandbox.lostBecause()).isEmpty();
        }
        assertThat(traces()).containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    void nothingOfTheMachineOrItsNeighboursAnswers() throws Exception {
        assumeTrue(walls());
        try (var sandbox = launch(Map.of()); var service = new ServerSocket(0)) {
            for (var device : NetworkInterface.networkInterfaces().toList()) {
                for (var address : device.inetAddresses().toList()) {
                    assertThat(connecting(sandbox, address.getHostAddress().replaceAll("%.*", ""), service.getLocalPort())).contains("Error");
                }
            }
            for (var address : List.of("169.254.169.254", "10.0.0.1", "192.0.2.1", "172.17.0.1", "fd00:ec2::254")) {
                assertThat(connecting(sandbox, address, 80)).containsAnyOf("unreachable", "Cannot assign", "No route");
            }
            assertThat(ask(sandbox, "[name for _, name in socket.if_nameindex()]")).isEqualTo(networkDevices());
            var channel = ((UnixDomainSocketAddress) sandbox.address()).getPath();
            assertThat(ask(sandbox, "socket.socket(socket.AF_UNIX).connect('" + channel + "')")).contains("FileNotFoundError");
        }
    }

    @Test
    void theDoorLeadsToTheWorkerAlone() throws Exception {
        assumeTrue(walls());
        try (var sandbox = launch(Map.of())) {
            asksAt(door(), sandbox);
        }
    }

    @Test
    void whoHasAListOfHostsComesOutWhereThatIsKept() throws Exception {
        assumeTrue(walls());
        assertThat(runtime().hasOnlyTheDoor()).isTrue();
        var spec = new SandboxSpec(LABEL, prepared(), "fake", Map.of("HTTP_PROXY", "with its password"), Network.LISTED, LIMITS);
        try (var sandbox = runtime().launch(spec)) {
            assertThat(ask(sandbox, "os.environ['HTTP_PROXY']")).isEqualTo("with its password");
            asksAt(door().resolveSibling("listed"), sandbox);
        }
    }

    private static void asksAt(Path socket, Sandbox sandbox) throws Exception {
        try (var worker = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            worker.bind(UnixDomainSocketAddress.of(socket));
            var answering = Thread.ofPlatform().start(() -> answer(worker));
            var door = sandbox.door().orElseThrow();
            assertThat(ask(sandbox, "(c := socket.create_connection(('" + door.getHost() + "', " + door.getPort()
                    + "))).sendall(b'ask') or c.shutdown(1) or c.recv(100)")).isEqualTo("b'worker heard ask'");
            answering.join();
        } finally {
            Files.deleteIfExists(socket);
        }
    }

    private static void answer(ServerSocketChannel worker) {
        try (var peer = worker.accept()) {
            var asked = new String(Channels.newInputStream(peer).readNBytes(3)); // its end need not come through by itself
            Channels.newOutputStream(peer).write(("worker heard " + asked).getBytes());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theFilesOfASessionAreTakenAlongToAnother() throws Exception {
        assumeTrue(keepsSessions());
        var before = traces();
        var actor = launch(Map.of());
        assertThat(actor.keepsSessionFiles()).isTrue();
        ask(actor, "os.makedirs('/media/hud/sessions/sess-1/deep/empty')");
        ask(actor, "open('/runtime/sessions/sess-1/deep/ä.txt', 'w').write('x' * 100000)");
        ask(actor, "open('/runtime/sessions/sess-1/tool', 'w').write('#!/bin/sh') and os.chmod('/runtime/sessions/sess-1/tool', 0o700)");
        ask(actor, "os.makedirs('/runtime/sessions/sess-2')");
        try (var files = actor.close("sess-1").orElseThrow()) {
            assertThat(traces()).containsExactlyInAnyOrderElementsOf(before);
            try (var verifier = launch(Map.of())) {
                ask(verifier, "os.makedirs('/runtime/sessions/sess: 9/deep') or open('/runtime/sessions/sess: 9/deep/own', 'w').write('own')");
                verifier.restore("sess: 9", files);
                assertThat(ask(verifier, "sorted(os.listdir('/media/hud/sessions')) + sorted(os.listdir('/runtime/sessions/sess: 9'))"))
                        .isEqualTo("['sess: 9', 'deep', 'tool']");
                assertThat(ask(verifier, "open('/runtime/sessions/sess: 9/deep/own').read()")).isEqualTo("own");
                assertThat(ask(verifier, "open('/runtime/sessions/sess: 9/deep/ä.txt').read() == 'x' * 100000")).isEqualTo("True");
                assertThat(ask(verifier, "os.listdir('/runtime/sessions/sess: 9/deep/empty')")).isEqualTo("[]");
                assertThat(ask(verifier, "os.access('/runtime/sessions/sess: 9/tool', os.X_OK)")).isEqualTo("True");
            }
        }
        assertThat(traces()).containsExactlyInAnyOrderElementsOf(before);
    }

    @Test
    void aSessionThatLeadsElsewhereOrHasNoFilesGivesNothing() throws Exception {
        assumeTrue(keepsSessions());
        var before = traces();
        assertThat(launch(Map.of()).close("sess: 1")).isEmpty();
        assertThat(launch(Map.of()).close("..")).isEmpty();
        for (var made : List.of(
                "os.makedirs('/runtime/sessions/s') or os.symlink('/etc/passwd', '/runtime/sessions/s/link')",
                "os.symlink('/etc', '/runtime/sessions/s')",
                "os.mkfifo('/runtime/sessions/s')",
                "open('/runtime/sessions/s', 'w').write('no folder')",
                "os.makedirs('/runtime/sessions/s') or os.mkfifo('/runtime/sessions/s/pipe')",
                "os.makedirs('/runtime/sessions/s') or os.truncate(open('/runtime/sessions/s/large', 'w').name, 257 << 20)")) {
            var sandbox = launch(Map.of(), LIMITS.withDiskBytes(1L << 30));
            ask(sandbox, made);
            refuses(() -> sandbox.close("s"), made, false);
            refuses(() -> sandbox.close("s"), "closed before", true);
        }
        assertThat(traces()).containsExactlyInAnyOrderElementsOf(before);
    }

    /** @param hosts whether nobody who runs in it is to blame */
    protected static void refuses(ThrowingCallable asked, String why, boolean hosts) {
        assertThatThrownBy(asked).as(why).isInstanceOfSatisfying(SandboxException.class, told -> assertThat(told.isHosts()).isEqualTo(hosts));
    }

    @Test
    void whatLivesIsNotReaped() throws Exception {
        try (var sandbox = launch(Map.of())) {
            assertThat(runtime().reap(Instant.now())).isZero();
            // of its own alone: where other workers' sandboxes stand on the same engine, they live too
            assertThat(runtime().reapOver(labels -> labels.stream().filter(LABEL::equals).collect(Collectors.toSet())))
                    .as("its worker ends it itself")
                    .isZero();
            assertThat(ask(sandbox, "1 + 1")).isEqualTo("2");
        }
    }

    @Test
    void aSourceThatItHasNotIsAMistake() {
        assertThatThrownBy(() -> runtime().prepare(foreignSource(), line -> {})).isInstanceOf(IllegalArgumentException.class);
    }

    /** What it takes of a team; null: nothing. */
    protected @Nullable Credential credential() {
        return null;
    }

    protected Sandbox launch(Map<String, String> variables) throws SandboxException, InterruptedException {
        return launch(variables, LIMITS);
    }

    protected Sandbox launch(Map<String, String> variables, SandboxLimits limits) throws SandboxException, InterruptedException {
        return runtime().launch(new SandboxSpec(LABEL, prepared(), "fake", variables, Network.NONE, limits, Set.of(), credential()));
    }

    protected static String connecting(Sandbox sandbox, String host, int port) throws IOException {
        return ask(sandbox, "socket.create_connection(('" + host + "', " + port + "), timeout=5)");
    }

    /** Whether somebody takes a connection. */
    protected static boolean answers(Sandbox sandbox) {
        try (var socket = Dial.to(sandbox.address(), Duration.ofSeconds(5))) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
