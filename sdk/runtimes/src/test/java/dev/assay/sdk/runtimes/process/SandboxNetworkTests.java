// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import static dev.assay.sdk.runtimes.process.FakePythonContext.ask;
import static dev.assay.sdk.runtimes.process.FakePythonContext.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxLimits;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** An attacker's view, from inside one sandbox while another runs beside it. */
@DisabledIfEnvironmentVariable(
        named = "ASSAY_TESTS_WITHOUT", matches = ".*(bubblewrap|socat|util-linux).*", disabledReason = "no sandboxes here")
class SandboxNetworkTests {

    @TempDir
    static Path folder;

    static ProcessRuntime runtime;
    static PreparedVersion version;
    static Sandbox sandbox;
    static Sandbox next;

    @BeforeAll
    static void start() throws Exception {
        var deep = Files.createDirectories(folder.resolve("a-folder-with-a-long-name/".repeat(6)));
        runtime = ProcessRuntime.on(deep, folder.resolve("venvs"), true, System.getenv());
        assertThat(runtime.openBecause()).isEmpty();
        version = FakePythonContext.in(folder);
        sandbox = runtime.launch(spec(version, SandboxLimits.DEFAULTS, Map.of()));
        next = runtime.launch(spec(version, SandboxLimits.DEFAULTS, Map.of()));
    }

    @AfterAll
    static void stop() {
        runtime.close();
    }

    @Test
    void noAddressOfTheMachineAnswers() throws Exception {
        try (var service = new ServerSocket(0)) {
            for (var device : NetworkInterface.networkInterfaces().toList()) {
                for (var address : device.inetAddresses().toList()) {
                    assertThat(connecting(address.getHostAddress().replaceAll("%.*", ""), service.getLocalPort())).contains("Error");
                }
            }
            assertThat(connecting("localhost", service.getLocalPort())).contains("Error");
        }
    }

    @Test
    void neitherDoesTheCloudsMetadataNorAnythingElseOutside() throws Exception {
        for (var address : List.of("169.254.169.254", "10.0.0.1", "192.0.2.1", "fd00:ec2::254")) {
            assertThat(connecting(address, 80)).contains("unreachable");
        }
        assertThat(ask(sandbox, "[name for _, name in socket.if_nameindex()]")).isEqualTo("['lo']");
        assertThat(ask(sandbox, "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('10.0.0.1', 53))")).contains("unreachable");
    }

    @Test
    void theNextSandboxsChannelIsOutOfReach() throws Exception {
        assertThat(ask(next, "1 + 1")).isEqualTo("2");
        var channel = ((UnixDomainSocketAddress) next.address()).getPath();
        assertThat(ask(sandbox, "socket.socket(socket.AF_UNIX).connect('" + channel + "')")).contains("FileNotFoundError");
        ask(next, "globals().update(other=socket.create_server(('127.0.0.1', 8123)))");
        assertThat(connecting("127.0.0.1", 8123)).contains("ConnectionRefusedError");
    }

    @Test
    void neitherCanItsOwnChannelBeReplaced() throws Exception {
        var channel = ((UnixDomainSocketAddress) sandbox.address()).getPath();
        assertThat(ask(sandbox, "os.makedirs('" + channel.getParent() + "', exist_ok=True) or os.symlink('/elsewhere', '" + channel + "')"))
                .isEqualTo("None");
        assertThat(ask(sandbox, "2 + 2")).isEqualTo("4");
    }

    @Test
    void socketsWithoutAFileEndAtTheNetworksBorder() throws Exception {
        var name = "assay-test-" + UUID.randomUUID();
        var listener = new ProcessBuilder("socat", "-u", "ABSTRACT-LISTEN:" + name + ",fork", "OPEN:/dev/null").start();
        try {
            while (!Files.readString(Path.of("/proc/net/unix")).contains(name)) {
                Thread.onSpinWait();
            }
            assertThat(ask(sandbox, "socket.socket(socket.AF_UNIX).connect(chr(0) + '" + name + "')")).contains("ConnectionRefusedError");
        } finally {
            listener.destroy();
        }
    }

    @Test
    void theWorkersProcessesAndTheRelaysAreNotSeen() throws Exception {
        assertThat(ask(sandbox, "[open('/proc/%s/cmdline' % p).read() for p in os.listdir('/proc') if p.isdigit()]"))
                .doesNotContain("java", "socat");
        assertThat(ask(sandbox, "open('/proc/1/environ').read()")).contains("Error");
        assertThat(ask(sandbox, "os.listdir('/proc/1/root')")).contains("Error");
        ask(sandbox, "os.kill(1, 9)");
        assertThat(ask(sandbox, "4 + 4")).isEqualTo("8");
    }

    @Test
    void theDoorLeadsToTheWorkerAlone() throws Exception {
        assertThat(runtime.door()).hasValueSatisfying(door -> assertThat(door).hasHost("127.0.0.1"));
        try (var worker = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            worker.bind(UnixDomainSocketAddress.of(runtime.doorOf(Network.NONE)));
            var answering = Thread.ofVirtual().start(() -> answer(worker));
            var port = runtime.door().orElseThrow().getPort();
            var asking = "(c := socket.create_connection(('127.0.0.1', " + port + "))).sendall(b'ask') or c.shutdown(1) or c.recv(100)";
            assertThat(ask(sandbox, asking)).isEqualTo("b'worker heard ask'");
            answering.join();
        }
    }

    /** A question that has ended may be answered much later than the relay's own patience would be. */
    private static void answer(ServerSocketChannel worker) {
        try (var peer = worker.accept()) {
            var asked = new String(Channels.newInputStream(peer).readAllBytes());
            Thread.sleep(1000);
            peer.write(ByteBuffer.wrap(("worker heard " + asked).getBytes()));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatOutgrowsTheRelayWaitsAndTheChannelStandsAfterwards() throws Exception {
        ask(sandbox, "[globals().setdefault('held', []).append(socket.create_connection(('127.0.0.1', "
                + runtime.door().orElseThrow().getPort() + "))) for _ in range(300)] and None");
        assertThat(ask(sandbox, "3 + 3")).isEqualTo("6");
        ask(sandbox, "[c.close() for c in held]");
    }

    @Test
    void aShellMayBeAnyUserOfItsSandboxWithGroupsOfItsOwn() throws Exception {
        assumeThat(runtime.isolation()).isEqualTo(Isolation.BUBBLEWRAP_AS_ROOT);
        assertThat(ask(sandbox, "os.makedirs('/tmp/theirs', exist_ok=True) or os.chown('/tmp/theirs', 1000, 2000)")).isEqualTo("None");
        assertThat(ask(sandbox, "(lambda s: (s.st_uid, s.st_gid))(os.stat('/tmp/theirs'))")).isEqualTo("(1000, 2000)");
        assertThat(shell("setpriv --reuid 1000 --regid 1000 --clear-groups sh -c 'id -u; id -G; touch /tmp/theirs/x; ls -nd /srv'"))
                .startsWith("1000\n1000\n").contains(" 0 0 ");
        assertThat(shell("setpriv --reuid 1000 --regid 1000 --groups 2000,3000 id -G")).isEqualTo("1000 2000 3000\n");
        assertThat(shell("setpriv --reuid 0 --regid 0 --groups 0,4 id -G")).isEqualTo("0 4\n");
    }

    @Test
    void whatOddUsersLeaveIsDeletedAllTheSame() throws Exception {
        assumeThat(runtime.isolation()).isEqualTo(Isolation.BUBBLEWRAP_AS_ROOT);
        var other = runtime.launch(spec(version, SandboxLimits.DEFAULTS, Map.of()));
        ask(other, "os.makedirs('/tmp/a/b') or os.chown('/tmp/a/b', 1234, 65000)");
        ask(other, "os.chown('/tmp/a', 77, 77) or os.chmod('/tmp/a', 0o500)");
        var folders = deepest("sandboxes");
        int before = folders.toFile().list().length;
        other.close();
        assertThat(folders.toFile().list()).hasSize(before - 1);
        assertThat(((UnixDomainSocketAddress) other.address()).getPath()).doesNotExist();
    }

    @Test
    void noTwoSandboxesHaveAUserInCommon() throws Exception {
        assumeThat(runtime.isolation()).isEqualTo(Isolation.BUBBLEWRAP_AS_ROOT);
        assertThat(ask(sandbox, "open('/proc/self/uid_map').read().split()[1:]"))
                .endsWith("'65536']").isNotEqualTo(ask(next, "open('/proc/self/uid_map').read().split()[1:]"));
    }

    private static Path deepest(String name) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(file -> file.getFileName().toString().equals(name)).findFirst().orElseThrow();
        }
    }

    private static String shell(String line) throws IOException {
        return ask(sandbox, "run(['sh', '-c', " + "\"\"\"" + line + "\"\"\"" + "])");
    }

    private static String connecting(String host, int port) throws IOException {
        return ask(sandbox, "socket.create_connection(('" + host + "', " + port + "), timeout=5)");
    }
}
