// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import static dev.assay.sdk.runtimes.process.FakePythonContext.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Prepared;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.RuntimeConformance;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.Source;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Containers of a real engine, and what an attacker sees from inside one. */
@EnabledIf(
        value = "dev.assay.sdk.runtimes.docker.TestEngine#answers",
        disabledReason = "no Docker engine answers that has the image to build on")
class DockerRuntimeTests extends RuntimeConformance {

    private static String image;
    private static WorkerOnEngine worker;
    private static DockerRuntime runtime;
    private static DockerImage prepared;

    @BeforeAll
    static void start() throws Exception {
        image = TestEngine.fake();
        worker = new WorkerOnEngine();
        runtime = worker.runtime();
        prepared = runtime.prepare(new Source.Image(image), line -> {});
    }

    @AfterAll
    static void stop() throws Exception {
        worker.close();
    }

    @Override
    protected Runtime runtime() {
        return runtime;
    }

    @Override
    protected Prepared prepared() {
        return prepared;
    }

    @Override
    protected boolean keepsSessions() {
        return true;
    }

    @Override
    protected Path door() {
        return worker.sockets.resolve("door");
    }

    @Override
    protected Source foreignSource() {
        return new Source.Remote(InetSocketAddress.createUnresolved("example.com", 8765));
    }

    @Override
    protected Collection<String> traces() throws Exception {
        return worker.containers();
    }

    @Test
    void anImageThatHasThePlaceOfSessionsItselfStarts() throws Exception {
        try (var sandbox = launch(TestEngine.fakeWith("folder", "WORKDIR /media/hud/sessions"))) {
            ask(sandbox, "os.makedirs('/media/hud/sessions/s/of-the-older-name')");
            assertThat(ask(sandbox, "os.listdir('/runtime/sessions/s')")).isEqualTo("['of-the-older-name']");
            sandbox.close("s").orElseThrow().close();
        }
        try (var sandbox = launch(TestEngine.fakeWith("volume", "VOLUME /runtime"))) {
            ask(sandbox, "os.makedirs('/runtime/sessions/s')");
            refuses(() -> sandbox.close("s"), "nobody else sees a volume", false);
        }
    }

    private static Sandbox launch(String image) throws Exception {
        return runtime.launch(new SandboxSpec(
                new SandboxLabel("run-of-a-test", 1), runtime.prepare(new Source.Image(image), line -> {}), "fake", Map.of(), Network.NONE, LIMITS));
    }

    @Test
    void thatAContainerIsGoneIsNotTakenForNoFiles() throws Exception {
        try (var sandbox = launch(Map.of())) {
            for (var container : worker.containers()) {
                TestEngine.docker("rm", "--force", container);
            }
            refuses(() -> sandbox.close("s"), "it is gone", true);
        }
    }

    @Test
    void fromInsideThereIsNoPrivilegeToBeHad() throws Exception {
        try (var sandbox = launch(Map.of())) {
            var status = ask(sandbox, "open('/proc/self/status').read()");
            assertThat(status).containsPattern("CapEff:\\s+0{16}\\n").containsPattern("CapBnd:\\s+0{16}\\n")
                    .containsPattern("NoNewPrivs:\\s+1\\n").containsPattern("Seccomp:\\s+2\\n");
            assertThat(ask(sandbox, "os.path.exists('/var/run/docker.sock')")).isEqualTo("False");
            assertThat(ask(sandbox, "run(['sh', '-c', 'mount -t tmpfs x /mnt 2>&1; unshare -rn true 2>&1; chown 1:1 /tmp 2>&1'])"))
                    .contains("ermission denied").contains("not permitted");
            assertThat(ask(sandbox, "open('/proc/sys/kernel/core_pattern', 'w')")).contains("Error");
            assertThat(ask(sandbox, "[open('/proc/%s/cmdline' % p).read() for p in os.listdir('/proc') if p.isdigit()]"))
                    .contains("serve.py").doesNotContain("socat");
        }
    }

    @Test
    void theRelaysCannotBeReplaced() throws Exception {
        try (var sandbox = launch(Map.of())) {
            assertThat(ask(sandbox, "socket.create_server(('127.0.0.1', " + Relay.DOOR_PORT + "))")).contains("Error");
            ask(sandbox, "os.kill(1, 9)");
            assertThat(ask(sandbox, "2 + 2")).isEqualTo("4");
        }
    }

    @Test
    void itsPlaceIsWrittenOnIt() throws Exception {
        try (var sandbox = launch(Map.of("NAME", "väl ue", "no-name", "left out"))) {
            assertThat(ask(sandbox, "os.environ['NAME'].encode()")).contains("b'v\\xc3\\xa4l ue'");
            assertThat(ask(sandbox, "[name for name in os.environ if name == 'no-name' or 'proxy' in name.lower()]")).isEqualTo("[]");
            for (var container : worker.containers()) {
                var labels = Json.MAPPER.readTree(TestEngine.docker("inspect", "--format", "{{json .Config.Labels}}", container));
                assertThat(labels.path("dev.assay.run").asString()).isEqualTo("run-of-a-test");
                assertThat(labels.path("dev.assay.attempt").asString()).isEqualTo("1");
                assertThat(labels.path("dev.assay.worker").asString()).isEqualTo("one");
                assertThat(Instant.parse(labels.path("dev.assay.deadline").asString())).isAfter(Instant.now());
            }
        }
        var spec = new SandboxSpec(new SandboxLabel("run-of-a-test", 1), prepared, "fake", Map.of(), Network.OUTBOUND, LIMITS);
        try (var sandbox = runtime.launch(spec)) {
            assertThat(ask(sandbox, "os.environ['HTTPS_PROXY']")).isEqualTo("http://127.0.0.1:" + Relay.DOOR_PORT);
        }
    }

    @Test
    void whatItWritesIsCountedAndAVolumeIsItsMemory() throws Exception {
        try (var sandbox = launch(Map.of(), LIMITS.withDiskBytes(20L << 20))) {
            assertThat(ask(sandbox, "[line for line in open('/proc/mounts') if ' /kept ' in line][0].split()[0]")).isEqualTo("tmpfs");
            assertThat(ask(sandbox, "str(__import__('resource').getrlimit(1)[1])")).as("bytes of one file").isEqualTo(String.valueOf(21 << 20));
            ask(sandbox, "[open('/tmp/' + name, 'wb').write(bytes(15 << 20)) for name in ('much', 'more')]");
            await().untilAsserted(() -> assertThat(sandbox.alive()).isFalse());
            assertThat(sandbox.outputTail()).contains("it wrote more than its 20 MB");
            assertThat(sandbox.lostBecause()).isEmpty();
        }
    }

    @Test
    void whatADeadWorkerLeftIsEndedAndWhatAnotherInstallationHasOnlyWhenItsTimeIsOver() throws Exception {
        var left = launch(Map.of());
        try (var neighbour = worker.runtime("two", true);
                var stranger = worker.runtime("unix://" + TestEngine.SOCKET, "another", "two", false);
                var heir = worker.runtime("two", false)) {
            assertThat(neighbour.reap(Instant.now())).isZero();
            assertThat(stranger.reap(Instant.now())).isZero();
            assertThat(answers(left)).isTrue();
            assertThat(heir.reap(Instant.now())).isEqualTo(1);
            await().untilAsserted(() -> assertThat(left.alive()).isFalse());
            assertThat(left.lostBecause()).hasValueSatisfying(reason -> assertThat(reason).contains("removed"));
        } finally {
            left.close();
        }
        try (var late = launch(Map.of()); var stranger = worker.runtime("unix://" + TestEngine.SOCKET, "another", "two", true)) {
            assertThat(stranger.reapOver(labels -> Set.of())).as("of work that goes on, or is another platform's").isZero();
            assertThat(answers(late)).isTrue();
            assertThat(stranger.reap(Instant.now().plus(Duration.ofHours(1)))).isEqualTo(1);
            await().untilAsserted(() -> assertThat(late.alive()).isFalse());
        }
    }

    @Test
    void whatAWorkerThatHangsHasForWorkThatIsOverAnyOtherEnds() throws Exception {
        try (var hanging = launch(Map.of()); var stranger = worker.runtime("unix://" + TestEngine.SOCKET, "another", "two", true)) {
            assertThat(stranger.reapOver(labels -> labels.contains(new SandboxLabel("run-of-a-test", 1)) ? Set.of(new SandboxLabel("run-of-a-test", 1)) : Set.of()))
                    .isEqualTo(1);
            await().untilAsserted(() -> assertThat(hanging.alive()).isFalse());
            assertThat(worker.left()).isEmpty();
        }
    }

    @Test
    void aContainerThatSomebodyEndedIsLost() throws Exception {
        try (var sandbox = launch(Map.of())) {
            for (var container : worker.containers()) {
                TestEngine.docker("kill", container);
            }
            assertThat(sandbox.lostBecause()).isPresent();
            await().untilAsserted(() -> assertThat(sandbox.alive()).isFalse());
        }
    }

    /** In front of the engine stands a relay of the test's, which ends. */
    @Test
    void anEngineMayComeLaterThanItsWorkerAndThatItGoesAwayIsNoFaultOfTheEnvironments() throws Exception {
        var way = worker.sockets.resolve("engine");
        var relay = new ProcessBuilder("true").start();
        try (var through = worker.runtime("unix://" + way, worker.installation, "three", true)) {
            assertThat(through.isAway()).as("before it came").isTrue();
            relay = relay(way);
            assertThat(through.isAway()).isFalse();
            assertThat(through.kinds()).hasSize(2);
            var sandbox = through.launch(
                    new SandboxSpec(new SandboxLabel("run-of-a-test", 1), prepared, "fake", Map.of(), Network.NONE, LIMITS));
            assertThat(sandbox.lostBecause()).isEmpty();
            end(relay);

            assertThat(sandbox.lostBecause()).hasValueSatisfying(reason -> assertThat(reason).contains("engine does not answer"));
            assertThat(through.unfitBecause()).hasValueSatisfying(reason -> assertThat(reason).contains("no Docker engine answers"));
            assertThat(through.isAway()).isTrue();
            assertThat(through.isGone()).isTrue();
            assertThat(through.reap(Instant.now())).isZero();
            sandbox.close();
            assertThat(worker.containers()).isNotEmpty();

            relay = relay(way);
            assertThat(through.isAway()).isFalse();
            assertThat(through.unfitBecause()).isEmpty();
            assertThat(through.reap(Instant.now())).isEqualTo(1);
            assertThat(worker.containers()).isEmpty();
        } finally {
            end(relay);
            Files.deleteIfExists(way);
        }
    }

    private static Process relay(Path way) throws Exception {
        Files.deleteIfExists(way);
        var relay = new ProcessBuilder("socat", "UNIX-LISTEN:" + way + ",fork", "UNIX-CONNECT:" + TestEngine.SOCKET).start();
        await().until(() -> Files.exists(way));
        return relay;
    }

    private static void end(Process relay) throws Exception {
        relay.descendants().forEach(ProcessHandle::destroyForcibly);
        relay.destroyForcibly().waitFor();
    }

    @Test
    void aRegistryThatIsAwayIsNotTheImagesFault() {
        assertThatThrownBy(() -> runtime.prepare(new Source.Image("localhost:1/not/there:3"), line -> {}))
                .isInstanceOf(SandboxException.class).hasMessageContaining("'localhost:1/not/there:3' cannot be pulled: ")
                .satisfies(failure -> assertThat(((SandboxException) failure).isHosts()).isTrue());
    }

    @Test
    void whatCannotBeHadIsRefusedWithItsReason() {
        assertThat(runtime.refusal(config("{'image': '" + image + "'}"))).isEmpty();
        assertThat(runtime.refusal(config("{'image': '169.254.169.254/x/y'}")).orElseThrow()).contains("runs images of docker.io/assay-test/");
        assertThat(runtime.refusal(config("{'image': 'a/../../containers/json'}")).orElseThrow()).contains("is no name of an image");
        assertThat(runtime.refusal(config("{'image': '" + image + "', 'resources': {'gpu': {'type': 'H100'}, 'os': 'macos'}}")).orElseThrow())
                .contains("resources.gpu, resources.os");
        try (var nowhere = worker.runtime("unix:///nowhere", worker.installation, "four", true); var far = worker.runtime("tcp://192.0.2.1:1", "", "", true)) {
            assertThat(nowhere.refusal(config("{'image': '" + image + "'}"))).isEmpty();
            assertThatThrownBy(() -> nowhere.prepare(new Source.Image(image), line -> {}))
                    .isInstanceOfSatisfying(SandboxException.class, e -> assertThat(e.isHosts()).isTrue())
                    .hasMessageContaining("no Docker engine answers at unix:///nowhere");
            assertThat(nowhere.isAway()).isTrue();
            assertThat(nowhere.isGone()).as("it was never here").isFalse();
            assertThat(far.isAway()).isTrue();
            assertThat(far.unfitBecause().orElseThrow()).contains("not on this machine");
        }
    }

    private static RuntimeConfig config(String json) {
        return RuntimeConfig.read(Json.MAPPER.readTree(json.replace('\'', '"')));
    }
}
