// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import static dev.assay.sdk.runtimes.process.FakePythonContext.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.RuntimeConfig;
import dev.assay.sdk.protocol.compose.ComposeProject;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Prepared;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.RuntimeConformance;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.Source;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import tools.jackson.databind.JsonNode;

/** Projects on a real engine: what holds for every sandbox, and what their services see of each other. */
@EnabledIf(
        value = "dev.assay.sdk.runtimes.docker.TestEngine#answers",
        disabledReason = "no Docker engine answers that has the image to build on")
class ComposeRuntimeTests extends RuntimeConformance {

    private static final String INSTALLATION = UUID.randomUUID().toString();

    /** A main with a sidecar that answers at a port of its own, a volume of both, and a service that is not started. */
    private static final String PAIR = """
            {'services': {
              'main': {'image': 'IMAGE', 'volumes': ['shared:/shared'], 'depends_on': {'word': {'condition': 'service_healthy'}}},
              'word': {'image': 'python:3.11-slim', 'command': ['python3', '-m', 'http.server', '9000', '--directory', '/shared'],
                'environment': {'WORD': 'a $$5 word', 'odd.name': '1'}, 'volumes': ['shared:/shared:ro'],
                'healthcheck': {'test': ['CMD', 'python3', '-c', "import socket; socket.create_connection(('127.0.0.1', 9000))"], 'interval': '200ms'}},
              'unused': {'image': 'nothing.example/at/all', 'scale': 0}},
             'volumes': {'shared': null}}
            """;

    private static String image;
    private static Path sockets;
    private static DockerRuntime docker;
    private static ComposeRuntime runtime;
    private static PreparedProject prepared;

    @BeforeAll
    static void start() throws Exception {
        image = TestEngine.fake();
        sockets = Files.createTempDirectory(Path.of("/tmp"), "assay-test-");
        docker = docker("one", true);
        runtime = new ComposeRuntime(docker);
        prepared = project(PAIR);
    }

    private static DockerRuntime docker(String owner, boolean othersLive) {
        var settings = new DockerSettings("unix://" + TestEngine.SOCKET, List.of("docker.io/assay-test/", "docker.io/library/python"), "", "none",
                sockets, INSTALLATION, owner, other -> othersLive);
        return new DockerRuntime(settings, Clock.systemUTC());
    }

    @AfterAll
    static void stop() throws Exception {
        docker.close();
        assertThat(parts()).isEmpty();
        assertThat(sockets).isEmptyDirectory();
        Files.delete(sockets);
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
    protected Path door() {
        return sockets.resolve("door");
    }

    @Override
    protected Source foreignSource() {
        return new Source.Image(image);
    }

    @Override
    protected Collection<String> traces() throws Exception {
        return parts();
    }

    @Override
    protected String networkDevices() {
        return "['lo', 'eth0']";
    }

    private static TreeSet<String> parts() throws Exception {
        var all = new TreeSet<String>();
        var ours = "label=dev.assay.installation=" + INSTALLATION;
        TestEngine.docker("ps", "--all", "--quiet", "--filter", ours).lines().forEach(all::add);
        TestEngine.docker("network", "ls", "--quiet", "--filter", ours).lines().forEach(all::add);
        TestEngine.docker("volume", "ls", "--quiet", "--filter", ours).lines().forEach(all::add);
        return all;
    }

    private static JsonNode json(String json) {
        return Json.MAPPER.readTree(json.replace("IMAGE", image).replace("'", "\"").replace("(\"127.0.0.1\", 9000)", "('127.0.0.1', 9000)"));
    }

    private static PreparedProject project(String document) throws Exception {
        var compose = Json.object();
        compose.set("document", json(document));
        return runtime.prepare(new Source.Compose(ComposeProject.read(compose), Map.of(), null), line -> {});
    }

    private static Sandbox launch(PreparedProject project, Network network, Map<String, String> variables) throws Exception {
        return runtime.launch(new SandboxSpec(new SandboxLabel("run-of-a-test", 1), project, "fake", variables, network, LIMITS));
    }

    @Test
    void servicesReachEachOtherByTheirNamesAndOneProjectNotTheOther() throws Exception {
        try (var one = launch(prepared, Network.NONE, Map.of("KEY", "of a run")); var other = launch(prepared, Network.NONE, Map.of())) {
            ask(one, "open('/shared/word', 'w').write('mine')");
            var fetch = "__import__('urllib.request').request.urlopen('http://word:9000/word').read()";
            assertThat(ask(one, fetch)).isEqualTo("b'mine'");
            assertThat(ask(other, fetch)).as("its volume is its own").contains("404");
            var address = ask(one, "socket.gethostbyname('word')");
            assertThat(connecting(other, address, 9000)).contains("Error");
            assertThat(ask(one, "socket.gethostbyname('example.com')")).contains("gaierror");
            assertThat(ask(one, "os.environ['KEY']")).isEqualTo("of a run");
        }
    }

    @Test
    void aSidecarHasTheSameWallsAndNothingThatWasEntrustedToTheEnvironment() throws Exception {
        try (var sandbox = launch(prepared, Network.OUTBOUND, Map.of("KEY", "of a run"))) {
            assertThat(sandbox.alive()).isTrue();
            var sidecar = TestEngine.docker("ps", "--quiet", "--filter", "label=dev.assay.installation=" + INSTALLATION, "--filter", "name=-s-word").strip();
            var made = Json.MAPPER.readTree(TestEngine.docker("inspect", sidecar)).get(0);
            assertThat(made.at("/Config/Env").toString()).contains("WORD=a $5 word", "odd.name=1", "HTTP_PROXY=http://main:7388").doesNotContain("of a run");
            assertThat(made.at("/HostConfig/CapDrop").toString()).contains("ALL");
            assertThat(made.at("/HostConfig/SecurityOpt").toString()).contains("no-new-privileges");
            assertThat(made.at("/HostConfig/Privileged").booleanValue()).isFalse();
            assertThat(made.at("/HostConfig/Memory").longValue()).isEqualTo(LIMITS.memoryBytes());
            assertThat(made.at("/Config/Labels/dev.assay.run").stringValue()).isEqualTo("run-of-a-test");
            assertThat(ask(sandbox, "os.environ['NO_PROXY']")).isEqualTo("127.0.0.1,localhost,main,word");
        }
    }

    @Test
    void aSidecarThatFailsIsNamedInItsOwnWordsAndNothingIsLeft() throws Exception {
        var failing = project("""
                {'services': {'main': {'image': 'IMAGE', 'depends_on': {'seed': {'condition': 'service_completed_successfully'}}},
                  'seed': {'image': 'python:3.11-slim', 'command': ['sh', '-c', 'echo no table; exit 4']}}}
                """);
        assertThatThrownBy(() -> launch(failing, Network.NONE, Map.of()))
                .isInstanceOf(SandboxException.class).hasMessage("service 'seed' exited with code 4: no table");
        assertThat(parts()).isEmpty();
    }

    @Test
    void aServiceMayHaveTheEnvironmentsNetworkOrNone() throws Exception {
        var joined = project("""
                {'services': {'main': {'image': 'IMAGE', 'network_mode': 'service:front', 'depends_on': ['front', 'beside']},
                  'front': {'image': 'python:3.11-slim', 'command': ['python3', '-m', 'http.server', '9000']},
                  'beside': {'image': 'python:3.11-slim', 'command': ['sleep', '60'], 'network_mode': 'none'}}}
                """);
        try (var sandbox = launch(joined, Network.NONE, Map.of())) {
            assertThat(ask(sandbox, "socket.create_connection(('127.0.0.1', 9000)).getpeername()[1]")).isEqualTo("9000");
        }
    }

    @Test
    void whatADeadWorkerLeftOfAProjectIsEndedWithItsNetworksAndVolumes() throws Exception {
        var left = launch(prepared, Network.NONE, Map.of());
        try (var heir = docker("two", false)) {
            assertThat(heir.reap(Instant.now())).isEqualTo(1);
            assertThat(parts()).isEmpty();
        } finally {
            left.close();
        }
    }

    @Test
    void whatCannotBeHadIsRefusedWithItsReason() {
        assertThat(runtime.refusal(config("{'services': {'main': {'image': '169.254.169.254/x/y'}}}")).orElseThrow())
                .contains("service 'main': ").contains("runs images of docker.io/assay-test/");
        assertThat(runtime.refusal(config("{'services': {'main': {'image': 'IMAGE', 'privileged': true}}}")).orElseThrow())
                .isEqualTo("runtime_config.compose.document.services.main.privileged: no service is given that here");
        assertThatThrownBy(() -> project("{'services': {'main': {'build': '.'}}}"))
                .isInstanceOf(SandboxException.class).hasMessageContaining("service 'main' is to be built, and the environment was deployed without that");
    }

    private static RuntimeConfig config(String document) {
        var config = Json.object();
        config.putObject("compose").set("document", json(document));
        return RuntimeConfig.read(config);
    }
}
