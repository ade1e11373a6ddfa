// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.kubernetes;

import static dev.assay.sdk.runtimes.process.FakePythonContext.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.assay.sdk.protocol.Dial;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Prepared;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.RuntimeConformance;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.Source;
import dev.assay.sdk.runtimes.spare.FakePlaceholders;
import dev.assay.sdk.runtimes.spare.SpareKeeping;
import dev.assay.testsupport.FreePort;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;

/** Pods of a stand-in for a cluster, which runs what is in them. */
@DisabledIfEnvironmentVariable(named = "ASSAY_TESTS_WITHOUT", matches = ".*(bubblewrap|socat).*", disabledReason = "no sandboxes here")
class KubernetesRuntimeTests extends RuntimeConformance {

    /** What pods have in place of a run's values, with those that they stand for. */
    private static final Map<String, String> PLACEHOLDERS = new ConcurrentHashMap<>();

    private static StandInCluster cluster;
    private static Path sockets;
    private static KubernetesRuntime runtime;

    @BeforeAll
    static void start() throws Exception {
        cluster = new StandInCluster();
        sockets = Files.createTempDirectory(Path.of("/tmp"), "assay-test-");
        runtime = runtime("here", "one", true);
        runtime.keepSpares(false); // each test makes its own
    }

    private static KubernetesRuntime runtime(String installation, String owner, boolean othersLive) {
        return new KubernetesRuntime(cluster.client(), settings(installation, owner, othersLive, Duration.ofSeconds(30)), new FakePlaceholders(PLACEHOLDERS), Duration.ofMinutes(1), Clock.systemUTC());
    }

    private static KubernetesSettings settings(String installation, String owner, boolean othersLive, Duration pending) {
        return new KubernetesSettings(
                StandInCluster.NAMESPACE, List.of("docker.io/acme/"), "docker.io/acme/built", "docker.io/library/python:3.13-slim", List.of(), Map.of(), "",
                "nvidia.com/gpu", pending, sockets, installation, owner, other -> othersLive);
    }

    @AfterAll
    static void stop() throws Exception {
        runtime.close();
        assertThat(cluster.things()).isEmpty();
        assertThat(PLACEHOLDERS).isEmpty();
        assertThat(sockets).isEmptyDirectory();
        await().untilAsserted(() -> assertThat(cluster.node().running()).isZero());
        cluster.close();
        Files.delete(sockets);
    }

    @Override
    protected Runtime runtime() {
        return runtime;
    }

    @Override
    protected Prepared prepared() {
        return image("acme/letters:1");
    }

    private static PodImage image(String name) {
        try {
            return runtime.prepare(new Source.Image(name), line -> {});
        } catch (SandboxException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    protected Path door() {
        return sockets.resolve("door");
    }

    @Override
    protected Source foreignSource() {
        return new Source.Remote(InetSocketAddress.createUnresolved("example.com", 8765));
    }

    @Override
    protected Collection<String> traces() {
        return cluster.things();
    }

    /** A node keeps to them: what it is told of them stands in {@link SandboxPodTests}. */
    @Override
    protected boolean limits() {
        return false;
    }

    @Test
    void muchPassesBothWays() throws Exception {
        try (var sandbox = launch(Map.of())) {
            assertThat(ask(sandbox, "'x' * 3000000")).hasSize(3_000_000);
            assertThat(ask(sandbox, "len('" + "y".repeat(1_000_000) + "')")).isEqualTo("1000000");
        }
    }

    @Test
    void whatItIsGivenStandsInASecretAndNotInItsPod() throws Exception {
        var spec = new SandboxSpec(
                new SandboxLabel("run-of-a-test", 1), prepared(), "fake", Map.of("HUD_API_KEY", "väl ue"), Network.OUTBOUND, LIMITS);
        try (var sandbox = runtime.launch(spec); var client = cluster.admin()) {
            assertThat(ask(sandbox, "os.environ['HUD_API_KEY'].encode()")).contains("b'v\\xc3\\xa4l ue'");
            assertThat(ask(sandbox, "os.environ['HTTPS_PROXY']")).isEqualTo(SandboxPod.DOOR.toString());
            var pod = client.pods().inNamespace(StandInCluster.NAMESPACE).list().getItems().getFirst();
            assertThat(pod.toString()).doesNotContain("väl ue");
            assertThat(pod.getMetadata().getLabels()).containsEntry("dev.assay/run", "run-of-a-test").containsEntry("dev.assay/attempt", "1")
                    .containsEntry("dev.assay/worker", "one").containsEntry("dev.assay/installation", "here");
            assertThat(Instant.ofEpochSecond(Long.parseLong(pod.getMetadata().getLabels().get("dev.assay/deadline")))).isAfter(Instant.now());
        }
    }

    private static SandboxSpec withAKey(String run) {
        return new SandboxSpec(
                new SandboxLabel(run, 2), image("acme/letters:1"), "fake", Map.of("KEY", "of " + run, "DOOR", SandboxPod.DOOR.toString()), Network.NONE, LIMITS,
                Set.of("KEY"));
    }

    @Test
    void aPodThatWaitedIsOneRunsAloneAndHoldsNothingOfIt() throws Exception {
        runtime.spares().make(withAKey("one"));
        long taken = runtime.spares().taken();
        try (var sandbox = runtime.launch(withAKey("other")); var afresh = runtime.launch(withAKey("another")); var client = cluster.admin()) {
            assertThat(runtime.spares().taken()).isEqualTo(taken + 1);
            assertThat(PLACEHOLDERS).containsExactly(Map.entry(ask(sandbox, "os.environ['KEY']"), "of other"));
            assertThat(ask(afresh, "os.environ['KEY']")).isEqualTo("of another");
            var runs = client.pods().inNamespace(StandInCluster.NAMESPACE).list().getItems().stream()
                    .map(pod -> pod.getMetadata().getLabels()).map(labels -> labels.get("dev.assay/run") + " " + labels.get("dev.assay/attempt"));
            assertThat(runs).as("whose they are by now").containsExactlyInAnyOrder("other 2", "another 2");
            assertThat(client.secrets().inNamespace(StandInCluster.NAMESPACE).list().getItems().toString()).doesNotContain("of other");
            assertThat(runtime.reap(Instant.now())).isZero();
            try (var neighbour = runtime("here", "two", true)) {
                assertThat(neighbour.reapOver(labels -> labels.contains(new SandboxLabel("other", 2)) ? Set.of(new SandboxLabel("other", 2)) : Set.of())).isEqualTo(1);
            }
        }
    }

    /** A pod cannot be paused. */
    @Test
    void whileAPodWaitsNothingOfItComesToTheDoor() throws Exception {
        try (var door = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(door()))) {
            door.configureBlocking(false);
            runtime.spares().make(withAKey("one"));
            var come = "globals().update(c=socket.create_connection(('127.0.0.1', %d))) or c.sendall(b'hello')".formatted(SandboxPod.DOOR_PORT);
            ask(UnixDomainSocketAddress.of(sockets.resolve(runtime.spares().waiting().getFirst())), come);
            assertThat(door.accept()).as("nobody has come").isNull();
            try (var sandbox = runtime.launch(withAKey("other"))) {
                ask(sandbox, come);
                await().untilAsserted(() -> {
                    try (var peer = door.accept()) {
                        assertThat(peer).isNotNull();
                    }
                });
            }
        } finally {
            Files.deleteIfExists(door());
        }
    }

    @Test
    void whatStartsAgainComesFromAPodThatWaitedAndNoneIsLeftWhenNobodyWantsOne() throws Exception {
        try (var busy = runtime("here", "busy", true)) {
            busy.launch(withAKey("one")).close();
            busy.launch(withAKey("two")).close();
            await().until(() -> !busy.spares().waiting().isEmpty());
            try (var sandbox = busy.launch(withAKey("three"))) {
                assertThat(PLACEHOLDERS).containsEntry(ask(sandbox, "os.environ['KEY']"), "of three");
            }
            busy.keepSpares(false);
            await().untilAsserted(() -> assertThat(cluster.things()).isEmpty());
        }
    }

    @Test
    void anImageThatCannotBePulledIsItsAuthorsMatterAndTold() {
        var spec = new SandboxSpec(new SandboxLabel("run-of-a-test", 1), image("acme/missing"), "fake", Map.of(), Network.NONE, LIMITS);
        assertThatThrownBy(() -> runtime.launch(spec))
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("docker.io/acme/missing:latest").hasMessageContaining("Back-off pulling")
                .satisfies(failure -> assertThat(((SandboxException) failure).isHosts()).isFalse());
        assertThat(cluster.things()).isEmpty();
    }

    @Test
    void aPolicyThatSomebodyChangedIsPutBackBeforeThereIsAPod() throws Exception {
        try (var client = cluster.admin()) {
            var policies = client.network().v1().networkPolicies().inNamespace(StandInCluster.NAMESPACE);
            launch(Map.of()).close();
            policies.withName(SandboxPod.POLICY).edit(policy -> {
                policy.getSpec().setPolicyTypes(List.of("Ingress"));
                return policy;
            });
            launch(Map.of()).close();
            assertThat(policies.withName(SandboxPod.POLICY).get().getSpec()).isEqualTo(SandboxPod.policy().getSpec());
        }
    }

    @Test
    void aPodThatSomebodyDeletedIsLost() throws Exception {
        try (var sandbox = launch(Map.of()); var client = cluster.admin()) {
            client.pods().inNamespace(StandInCluster.NAMESPACE).delete();
            await().untilAsserted(() -> assertThat(sandbox.alive()).isFalse());
            assertThat(sandbox.lostBecause()).contains("its pod was removed");
            try (var nobodyThere = Dial.to(sandbox.address(), Duration.ofSeconds(5))) {
                assertThat(nobodyThere.getInputStream().read()).as("it is not kept waiting").isEqualTo(-1);
            }
        }
    }

    @Test
    void aPodThatGetsOutWhileItRunsIsEnded() throws Exception {
        try (var sandbox = launch(Map.of()); var client = cluster.admin()) {
            var pods = client.pods().inNamespace(StandInCluster.NAMESPACE);
            pods.withName(pods.list().getItems().getFirst().getMetadata().getName()).editStatus(pod -> {
                pod.getStatus().setInitContainerStatuses(List.of(new ContainerStatusBuilder()
                        .withName("relay")
                        .withNewLastState().withNewTerminated().withExitCode(3).withMessage("the cluster lets a sandbox out").endTerminated().endLastState()
                        .build()));
                return pod;
            });
            await().untilAsserted(() -> assertThat(cluster.things()).isEmpty());
            assertThat(sandbox.alive()).isFalse();
            assertThat(sandbox.lostBecause()).contains("the cluster lets a sandbox out");
        }
    }

    @Test
    void whatADeadWorkerLeftIsDeletedAndWhatAnotherInstallationHasOnlyWhenItsTimeIsOver() throws Exception {
        var left = launch(Map.of());
        try (var neighbour = runtime("here", "two", true); var stranger = runtime("elsewhere", "two", false);
                var heir = runtime("here", "two", false)) {
            assertThat(neighbour.reap(Instant.now())).isZero();
            assertThat(stranger.reap(Instant.now())).isZero();
            assertThat(answers(left)).isTrue();
            assertThat(heir.reap(Instant.now())).isEqualTo(1);
            assertThat(cluster.things()).isEmpty();
        } finally {
            left.close();
        }
        try (var hanging = launch(Map.of()); var stranger = runtime("elsewhere", "two", true)) {
            assertThat(stranger.reapOver(labels -> Set.of())).as("of work that goes on, or is another platform's").isZero();
            assertThat(answers(hanging)).isTrue();
            assertThat(stranger.reapOver(labels -> labels)).isEqualTo(1);
            assertThat(cluster.things()).isEmpty();
        }
        try (var late = launch(Map.of()); var stranger = runtime("elsewhere", "two", true)) {
            assertThat(stranger.reap(Instant.now().plus(Duration.ofHours(1)))).isEqualTo(1);
            await().untilAsserted(() -> assertThat(late.alive()).isFalse());
        }
    }

    @Test
    void aClusterThatDoesNotAnswerIsNotTheImagesFault() throws Exception {
        var client = cluster.client();
        client.getConfiguration().setMasterUrl("http://127.0.0.1:1/");
        client.getConfiguration().setRequestRetryBackoffLimit(0);
        try (var away = new KubernetesRuntime(
                new KubernetesClientBuilder().withConfig(client.getConfiguration()).build(),
                settings("here", "one", true, Duration.ofSeconds(30)), new FakePlaceholders(PLACEHOLDERS), Duration.ofMinutes(1), Clock.systemUTC())) {
            assertThat(away.isAway()).isFalse();
            var spec = new SandboxSpec(new SandboxLabel("run-of-a-test", 1), prepared(), "fake", Map.of(), Network.NONE, LIMITS);
            assertThatThrownBy(() -> away.launch(spec)).hasMessageContaining("API server does not answer")
                    .satisfies(failure -> assertThat(((SandboxException) failure).isHosts()).isTrue());
            assertThat(away.isAway()).isTrue();
            assertThat(away.reap(Instant.now())).isZero();
        } finally {
            client.close();
        }
    }

    @Test
    void whatAPodCannotHaveIsRefusedByName() {
        assertThat(runtime.refusal(config("{'image': 'acme/letters', 'resources': {'gpu': {'count': 1}}}"))).isEmpty();
        assertThat(runtime.refusal(config("{'image': 'acme/letters', 'resources': {'gpu': {'type': 'H100'}}}")).orElseThrow())
                .contains("resources.gpu.type");
        assertThat(runtime.refusal(config("{'image': 'acme/letters', 'resources': {'os': 'windows'}}")).orElseThrow()).contains("resources.os");
        assertThat(runtime.refusal(config("{'image': 'other/letters'}")).orElseThrow()).contains("docker.io/acme/");
    }

    @Test
    void whatWasBuiltHereIsRunForItsVersionAndForNobodyWhoNamesIt() throws Exception {
        assertThat(runtime.refusal(RuntimeConfig.NONE)).isEmpty();
        assertThat(runtime.prepare(new Source.Built("docker.io/acme/built/letters:1", null), line -> {}).name()).isEqualTo("docker.io/acme/built/letters:1");
        assertThat(runtime.refusal(config("{'image': 'acme/built/letters:1'}")).orElseThrow()).contains("docker.io/acme/built/letters:1");
        assertThatThrownBy(() -> runtime.prepare(new Source.Image("acme/built/letters:1"), line -> {})).isInstanceOf(SandboxException.class);
    }

    private static RuntimeConfig config(String json) {
        return RuntimeConfig.read(Json.MAPPER.readTree(json.replace('\'', '"')));
    }

    @Test
    void aWallThatIsNoneKeepsTheEnvironmentFromStarting() throws Exception {
        int door = FreePort.find();
        try (var open = new ServerSocket(0)) {
            assertThat(said(relay(open.getLocalPort(), door, 0, 0), SandboxPod.LETS_OUT)).contains("lets a sandbox out");
        }
        assertThat(said(wall(door, 0), 1)).contains("opens no door");
    }

    @Test
    void aWallThatFallsIsNoticed() throws Exception {
        int apiServer = FreePort.findWithNext(1);
        int door = apiServer + 1;
        var relay = relay(apiServer, door, 30, 1);
        assertThat(said(wall(door, 30), 0)).isEmpty();
        assertThat(relay.isAlive()).isTrue();
        try (var open = new ServerSocket(apiServer)) {
            assertThat(said(relay, SandboxPod.LETS_OUT)).contains("lets a sandbox out");
        }
    }

    private static Process relay(int apiServer, int door, int patience, int closed) throws IOException {
        return python(apiServer, SandboxPod.RELAY, door, 0, 0, 1, patience, closed);
    }

    private static Process wall(int door, int seconds) throws IOException {
        return python(0, SandboxPod.WALL, door, seconds);
    }

    private static Process python(int apiServer, String script, int... arguments) throws IOException {
        var builder = new ProcessBuilder("python3", "-I", "-c", script);
        Arrays.stream(arguments).mapToObj(Integer::toString).forEach(builder.command()::add);
        builder.environment().putAll(Map.of("KUBERNETES_SERVICE_HOST", "127.0.0.1", "KUBERNETES_SERVICE_PORT", Integer.toString(apiServer)));
        return builder.start();
    }

    /** What it says in the end, as a pod's init container. */
    private static String said(Process container, int code) throws Exception {
        var said = new String(container.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(container.waitFor()).isEqualTo(code);
        return said;
    }
}
