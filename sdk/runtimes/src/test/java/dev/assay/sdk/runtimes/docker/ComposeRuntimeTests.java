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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
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

    /** A main with a sidecar that answers at a port of its own, a volume of both, and a service that is not started. */
    private static final String PAIR = """
            {'services': {
              'main': {'image': 'IMAGE', 'volumes': ['shared:/shared'], 'depends_on': {'word': {'condition': 'service_healthy'}}},
              'word': {'image': 'python:3.11-slim', 'command': ['python3', '-m', 'http.server', '9000', '--directory', '/shared'],
                'environment': {'WORD': 'a $$5 word', 'odd.name': '1'}, 'volumes': ['shared:/shared:ro'],
                'healthcheck': {'test': ['CMD', 'python3', '-c', "import socket; socket.create_connection(('127.0.0.1', 9000))"], 'interval': '1s'}},
              'unused': {'image': 'nothing.example/at/all', 'scale': 0}},
             'volumes': {'shared': null}}
            """;

    /** What holds for every sandbox waits for no health: that takes a second at least. */
    private static final String BESIDE = """
            {'services': {'main': {'image': 'IMAGE', 'volumes': ['shared:/shared'], 'depends_on': ['beside']},
              'beside': {'image': 'python:3.11-slim', 'command': ['sleep', '300'], 'volumes': ['shared:/shared:ro']}},
             'volumes': {'shared': null}}
            """;

    /** Waits for no health either. */
    private static final String SEEN = """
            {'services': {'main': {'image': 'IMAGE', 'depends_on': ['word']},
              'word': {'image': 'python:3.11-slim', 'command': ['sleep', '300'], 'init': true, 'environment': {'WORD': 'a $$5 word'}}}}
            """;

    private static String image;
    private static WorkerOnEngine worker;
    private static ComposeRuntime runtime;
    private static PreparedProject prepared;
    private static PreparedProject beside;

    @BeforeAll
    static void start() throws Exception {
        image = TestEngine.fake();
        worker = new WorkerOnEngine();
        runtime = new ComposeRuntime(worker.runtime());
        prepared = project(PAIR);
        beside = project(BESIDE);
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
        return beside;
    }

    @Override
    protected Path door() {
        return worker.sockets.resolve("door");
    }

    @Override
    protected Source foreignSource() {
        return new Source.Image(image);
    }

    @Override
    protected Collection<String> traces() throws Exception {
        return worker.left();
    }

    @Override
    protected boolean keepsSessions() {
        return true;
    }

    @Override
    protected String networkDevices() {
        return "['lo', 'eth0']";
    }

    private static JsonNode json(String json) {
        return Json.MAPPER.readTree(json.replace("IMAGE", image).replace("'", "\"").replace("(\"127.0.0.1\", 9000)", "('127.0.0.1', 9000)"));
    }

    private static PreparedProject project(String document) throws Exception {
        return project(document, false);
    }

    private static PreparedProject project(String document, boolean access) throws Exception {
        var compose = Json.object().put("service_access", access);
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
            var sidecar = TestEngine.docker("ps", "--quiet", "--filter", "label=dev.assay.installation=" + worker.installation, "--filter", "name=-s-word").strip();
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
        assertThat(worker.left()).isEmpty();
    }

    /** As the published client's Harbor tasks do it, by the command for engines, which is its worker's own here. */
    @Test
    void anEnvironmentWithAccessFindsItsServicesAndWorksInThemByTheCommandForEngines() throws Exception {
        try (var sandbox = launch(project(SEEN, true), Network.NONE, Map.of()); var other = launch(project(SEEN, true), Network.NONE, Map.of())) {
            var engine = engineOf(sandbox);
            assertThat(ask(sandbox, "[__import__('stat').S_ISSOCK(os.stat(p).st_mode) for p in ('/var/run/docker.sock', '/media/hud/docker.sock')]"))
                    .isEqualTo("[True, True]");
            var host = ask(sandbox, "socket.gethostname()");
            var project = engine.says("inspect", "--format", "{{ index .Config.Labels \"com.docker.compose.project\" }}", host);
            var word = engine.says("ps", "--filter", "label=com.docker.compose.project=" + project, "--filter", "label=com.docker.compose.service=word",
                    "--format", "{{.ID}}");
            assertThat(engine.says("ps", "--format", "{{.Label \"com.docker.compose.service\"}}").lines()).containsExactlyInAnyOrder("main", "word");

            assertThat(engine.says("exec", word, "sh", "-c", "echo $WORD; echo and >&2; echo kept > /tmp/kept")).contains("a $5 word", "and");
            assertThat(engine.fails("exec", "word", "sh", "-c", "exit 7")).isEmpty();
            assertThat(engine.saysTo("of its input", "exec", "--interactive", word, "cat")).isEqualTo("of its input");
            var copied = sockets(sandbox).resolveSibling("copied");
            engine.says("cp", word + ":/tmp/kept", copied.toString());
            assertThat(copied).hasContent("kept\n");
            Files.delete(copied);
            engine.says("stop", "--time", "0", word);
            assertThat(engine.says("ps", "--all", "--filter", "status=exited", "--format", "{{.Names}}")).endsWith("-s-word");
            engine.says("start", word);

            var theirs = engineOf(other).says("ps", "--no-trunc", "--filter", "label=com.docker.compose.service=word", "--format", "{{.ID}}");
            for (var reference : List.of(theirs, theirs.substring(0, 12), "assay-relay")) {
                assertThat(engine.fails("exec", reference, "id")).contains("No such container");
            }
            assertThat(engine.fails("exec", "--privileged", word, "id")).contains("'Privileged' of a command is not done here");
            assertThat(engine.fails("run", "--volume", "/:/host", "python:3.11-slim", "id")).contains("service_access is to a project's own services");
            assertThat(engine.fails("exec", host, "id")).contains("service_access is to the services beside the environment");
            assertThat(engine.fails("info")).contains("service_access is to a project's own services");
        }
    }

    /** Whoever asks in one breath for a command's streams and for something else has the second said to nobody, unless the command takes it as its input. */
    @Test
    void whatIsSentAfterACommandsBeginIsNoFurtherQuestion() throws Exception {
        try (var sandbox = launch(project(SEEN, true), Network.NONE, Map.of())) {
            var more = "GET /v1.41/info HTTP/1.1\r\nHost: x\r\n\r\n";
            var made = raw(sandbox, post("/containers/word/exec", "{\"Cmd\": [\"cat\"], \"AttachStdin\": true, \"AttachStdout\": true}"));
            var id = made.replaceAll("(?s).*\"Id\":\"(\\w+)\".*", "$1");
            assertThat(raw(sandbox, post("/exec/" + id + "/start", "{\"Detach\": false}") + more)).contains("200 OK", "GET /v1.41/info").doesNotContain("KernelVersion");
            for (var detach : List.of("true", "false")) {
                var again = post("/exec/" + id + "/start", "{\"Detach\": " + detach + "}");
                assertThat(raw(sandbox, again + more)).as("it has ended").startsWith("HTTP/1.1 ").doesNotContain("KernelVersion");
            }
            var detached = raw(sandbox, post("/containers/word/exec", "{\"Cmd\": [\"true\"]}")).replaceAll("(?s).*\"Id\":\"(\\w+)\".*", "$1");
            assertThat(raw(sandbox, post("/exec/" + detached + "/start", "{\"Detach\": true}") + more)).startsWith("HTTP/1.1 200").doesNotContain("KernelVersion");
            assertThat(raw(sandbox, "GET /_ping HTTP/1.1\r\n\r\n" + more)).contains("Api-Version: ").doesNotContain("KernelVersion");
        }
    }

    private static String post(String path, String body) {
        return "POST " + path + " HTTP/1.1\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static String raw(Sandbox sandbox, String bytes) throws IOException {
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(sockets(sandbox)))) {
            Channels.newOutputStream(channel).write(bytes.getBytes(StandardCharsets.UTF_8));
            channel.shutdownOutput();
            var said = new ByteArrayOutputStream();
            try {
                Channels.newInputStream(channel).transferTo(said);
            } catch (SocketException e) {
                // so the kernel says that some of it was not read
            }
            return said.toString(StandardCharsets.ISO_8859_1);
        }
    }

    private static Path sockets(Sandbox sandbox) {
        return worker.sockets.resolve(((DockerSandbox) sandbox).id() + "-services");
    }

    private static EngineCommand engineOf(Sandbox sandbox) {
        return new EngineCommand(sockets(sandbox));
    }

    /** The command for engines, of one at that socket. */
    private record EngineCommand(Path socket) {

        String says(String... arguments) throws Exception {
            return saysTo("", arguments);
        }

        String saysTo(String input, String... arguments) throws Exception {
            return run(true, input, arguments);
        }

        String fails(String... arguments) throws Exception {
            return run(false, "", arguments);
        }

        private String run(boolean well, String input, String... arguments) throws Exception {
            var line = new ArrayList<>(List.of("docker", "--host", "unix://" + socket));
            line.addAll(List.of(arguments));
            var process = new ProcessBuilder(line).redirectErrorStream(true).start();
            try (var to = process.getOutputStream()) {
                to.write(input.getBytes(StandardCharsets.UTF_8));
            }
            var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            assertThat(process.waitFor() == 0).as(line + ": " + said).isEqualTo(well);
            return said;
        }
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
    void whatAServiceLeavesInAVolumeIsThereForTheNext() throws Exception {
        var filled = project("""
                {'services': {'main': {'image': 'IMAGE', 'volumes': ['data:/data'], 'depends_on': {'seed': {'condition': 'service_completed_successfully'}}},
                  'seed': {'image': 'python:3.11-slim', 'command': ['sh', '-c', 'echo -n rows > /data/table'], 'volumes': ['data:/data']}},
                 'volumes': {'data': null}}
                """);
        try (var sandbox = launch(filled, Network.NONE, Map.of())) {
            assertThat(ask(sandbox, "open('/data/table').read()")).isEqualTo("rows");
        }
    }

    @Test
    void whatSidecarsWriteCountsBeforeTheEnvironmentRuns() throws Exception {
        var greedy = project("""
                {'services': {'main': {'image': 'IMAGE', 'depends_on': {'seed': {'condition': 'service_completed_successfully'}}},
                  'seed': {'image': 'python:3.11-slim', 'command': ['sh', '-c',
                    'for i in 1 2 3 4 5 6 7 8; do head -c BYTES /dev/zero > /tmp/$$i; done; sleep 60']}}}
                """.replace("BYTES", "8000000"));
        var spec = new SandboxSpec(new SandboxLabel("run-of-a-test", 1), greedy, "fake", Map.of(), Network.NONE, LIMITS.withDiskBytes(16 << 20));
        assertThatThrownBy(() -> runtime.launch(spec)).isInstanceOf(SandboxException.class).hasMessageContaining("it wrote more than its");
        assertThat(worker.left()).isEmpty();
    }

    @Test
    void whatADeadWorkerLeftOfAProjectIsEndedWithItsNetworksAndVolumes() throws Exception {
        var left = launch(prepared, Network.NONE, Map.of());
        try (var heir = worker.runtime("two", false)) {
            assertThat(heir.reap(Instant.now())).isEqualTo(1);
            assertThat(worker.left()).isEmpty();
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
