// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.assay.sdk.protocol.Capability;
import dev.assay.sdk.protocol.ControlClient;
import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxLimits;
import dev.assay.sdk.runtimes.SandboxSpec;
import dev.assay.sdk.runtimes.Source;
import dev.assay.sdk.runtimes.TarGz;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The published package, really installed; its virtual environment stays in the build folder for the next time. */
@DisabledIfEnvironmentVariable(
        named = "ASSAY_TESTS_WITHOUT", matches = ".*(bubblewrap|socat|util-linux).*", disabledReason = "no sandboxes here")
@Execution(ExecutionMode.CONCURRENT) // it installs packages
class RealEnvironmentTests {

    private static final Logger LOG = LoggerFactory.getLogger(RealEnvironmentTests.class);

    /** One list for all: its virtual environment is made once. */
    private static final String PROJECT = """
            [project]
            name = 'x'
            version = '1'
            dependencies = ['hud==0.6.21', 'typer<0.29', 'numpy']
            """;

    /** The same list. */
    private static final String REQUIREMENTS = "hud==0.6.21\ntyper<0.29\nnumpy\n";

    private static final String ENVIRONMENT = """
            import subprocess
            from hud import Environment
            from hud.graders import BashGrader

            env = Environment("looking around")
            env.workspace("/tmp/looking-around")

            @env.template()
            async def look(command: str):
                yield "look"
                result = subprocess.run(command, shell=True, capture_output=True, text=True)
                yield {"score": 1.0, "content": result.stdout.strip()}

            @env.template()
            async def by_bash(command: str):
                yield "look"
                grade = await BashGrader.grade(weight=1.0, command=command)
                yield grade.value
            """;

    private static final String SHELLS = """
            import subprocess
            from hud import Environment

            env = Environment("shells")
            env.workspace("/tmp/plain", name="plain")
            env.workspace("/tmp/user", name="user", shell_uid=1000, shell_gid=1000, env={"GIVEN": "by the author"})
            env.workspace("/tmp/root", name="root", shell_uid=0, shell_gid=0)
            env.workspace("/tmp/open", name="open", network=True)

            @env.template()
            async def look(command: str):
                yield "look"
                result = subprocess.run(command, shell=True, capture_output=True, text=True)
                yield {"score": 1.0, "content": result.stdout.strip()}

            @env.template()
            async def settle():
                yield "settle"
                from hud.settings import settings
                yield {"score": 1.0, "content": repr(settings)}
            """;

    private static final String NUMBERS = """
            import numpy.random
            from hud import Environment
            %s
            env = Environment("numbers")

            @env.template()
            async def draw():
                yield "draw"
                yield {"score": 1.0, "content": f"{numpy.random.random()} {numpy.random.default_rng().random()}"}
            """;

    private static final String ODD = """
            import os, tempfile
            from hud import Environment

            env = Environment("среда")

            @env.template()
            async def look():
                yield "look"
                yield {"score": 1.0, "content": repr(sorted(os.listdir(b".")) + [open("a/here").read()])}

            @env.template()
            async def dig():
                os.chdir(tempfile.gettempdir())
                for _ in range(1500): os.mkdir("dddddddd"); os.chdir("dddddddd")
                yield "dig"
                yield 1.0
            """;

    static ProcessRuntime runtime;

    @BeforeAll
    static void start() throws Exception {
        runtime = ProcessRuntime.on(Path.of("target/real-environments"), Path.of("target/real-environments/venvs"), true, System.getenv(), null,
                true);
        assumeThat(runtime.description()).contains("3.1");
    }

    @AfterAll
    static void stop() {
        runtime.close();
    }

    @Test
    void theClientsPackageServesWithItsWorkspaceWalledOffOnceMore() throws Exception {
        var version = prepare(new TarGz()
                .file("env.py", ENVIRONMENT)
                .file("pyproject.toml", PROJECT));
        long begun = System.nanoTime();
        try (var sandbox = runtime.launch(spec(version)); var client = connect(sandbox)) {
            LOG.info("launch to hello took {} ms with {}", (System.nanoTime() - begun) / 1_000_000, runtime.isolation());
            assertThat(client.hello().env().name()).isEqualTo("looking around");
            assertThat(client.tasks()).extracting("id").containsExactly("look", "by_bash");
            var shell = client.hello().bindings().stream().filter(one -> one.protocol().equals("ssh/2")).findFirst().orElseThrow();
            assertThat(shell.params().path("isolation").asString()).isEqualTo(runtime.isolation().hasOwnRoot() ? "bwrap" : "none");
            assertThat(look(client, "bash -lc 'which python'")).isEqualTo(version.virtualEnvironment().python().toString());
            client.start("by_bash", Json.object().put("command", "python -c 'import hud'"));
            assertThat(client.grade(Json.object().put("answer", "")).path("score").asDouble()).isEqualTo(1.0);
        }
    }

    @Test
    void oddNamesLinksToolsAndDepthsAreServedWholeAndLeaveNothing() throws Exception {
        var archive = new TarGz(StandardCharsets.ISO_8859_1)
                .file("env.py", ODD)
                .file("café.txt", "1").file("cafè.txt", "2")
                .file("a/b/c.txt", "inside").link("a/here", "./b/../b/c.txt")
                .file("checker.jar", runnableJar())
                .file("requirements.txt", REQUIREMENTS);
        var version = runtime.prepare(
                new Source.Context(UUID.randomUUID().toString(), "среда", Map.of(), Network.NONE, archive::stream), line -> {});
        var spec = new SandboxSpec(
                new SandboxLabel("odd-run", 1), version, "среда", Map.of(), Network.NONE, SandboxLimits.DEFAULTS);
        try (var sandbox = runtime.launch(spec); var client = connect(sandbox)) {
            assertThat(client.hello().env().name()).isEqualTo("среда");
            client.start("look", Json.object());
            assertThat(client.grade(Json.object().put("answer", "")).path("content").asString())
                    .contains("b'caf\\xe8.txt'", "b'caf\\xe9.txt'", "'inside'");
            client.start("dig", Json.object());
        }
        assertThat(runtime.leftovers()).isZero();
        try (var left = Files.list(Path.of("target/real-environments/sandboxes"))) {
            assertThat(left).noneMatch(one -> isOf("odd-run", one)); // others' parents stay
        }
    }

    private static boolean isOf(String run, Path sandbox) {
        try {
            return SandboxRecord.readFrom(sandbox).run().equals(run);
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aForkPromptsGradesAndShowsAShellTheSameAsWhatIsLoadedAfresh() throws Exception {
        assumeThat(runtime.description()).contains("once and forked");
        var version = prepare(new TarGz()
                .file("env.py", SHELLS)
                .file("pyproject.toml", PROJECT));
        List<String> seen = new ArrayList<>();
        for (var ofThisRun : List.of(Set.<String>of(), Set.of("HUD_API_KEY"), Set.of("HUD_API_KEY"))) {
            var spec = new SandboxSpec(
                    new SandboxLabel("run-of-a-test", 1), version, "shells", Map.of("HUD_API_KEY", "ark_the-runs-own", "WORD", "w"),
                    Network.OUTBOUND, SandboxLimits.DEFAULTS, ofThisRun);
            long begun = System.nanoTime();
            try (var sandbox = runtime.launch(spec); var client = connect(sandbox)) {
                LOG.info("launch to hello took {} ms, {}", (System.nanoTime() - begun) / 1_000_000, ofThisRun);
                var shown = new StringBuilder(look(client, "env | grep -vE '^(PWD|SHLVL)=' | sort; id; umask; ls -a / /dev ~ | sort; cat /proc/self/cgroup | wc -l"));
                for (var name : List.of("plain", "user", "root", "open")) {
                    var shell = client.capability(name);
                    assertThat(shell.params().path("isolation").asString()).isEqualTo("bwrap");
                    shown.append(ssh(version, sandbox, shell, "env | sort; id; pwd; ls -a / | sort; echo hello > greeting; cat greeting"));
                }
                client.start("settle", Json.object());
                var settings = client.grade(Json.object().put("answer", "")).path("content").asString();
                assertThat(settings).contains("api_key='ark_the-runs-own'");
                seen.add(shown.append(settings).toString());
                assertThat(sandbox.isFork()).isNotEqualTo(ofThisRun.isEmpty());
            }
        }
        assertThat(seen.get(1)).isEqualTo(seen.get(0)).contains("ark_the-runs-own").isEqualTo(seen.get(2));
    }

    /** numpy keeps a seed of its own, and threads that wait for sums, which begin before a fork and end for it. */
    @Test
    void whatNumpyDrawsIsDrawnOnceAndWhoeverSeededItIsLoadedAfresh() throws Exception {
        assumeThat(runtime.description()).contains("once and forked");
        var numbers = numbers("");
        assertThat(List.of((drawn(numbers, true) + " " + drawn(numbers, true)).split(" "))).hasSize(4).doesNotHaveDuplicates();

        var seeded = numbers("numpy.random.seed(7)");
        assertThat(drawn(seeded, false)).as("as its author wants it").startsWith("0.0763082");
        assertThat(runtime.loadedAfreshBecause(numbersIn(seeded)).orElse("")).contains("seeded numpy's random numbers");
        var keeping = numbers("own = numpy.random.default_rng(7)");
        drawn(keeping, false);
        assertThat(runtime.loadedAfreshBecause(numbersIn(keeping)).orElse("")).contains("a generator of numpy's");
    }

    private static PreparedVersion numbers(String line) throws Exception {
        return prepare(new TarGz().file("env.py", NUMBERS.formatted(line))
                .file("pyproject.toml", PROJECT));
    }

    private static SandboxSpec numbersIn(PreparedVersion version) {
        return new SandboxSpec(
                new SandboxLabel("run-of-a-test", 1), version, "numbers", Map.of("HUD_API_KEY", "ark_the-runs-own"), Network.NONE,
                SandboxLimits.DEFAULTS, Set.of("HUD_API_KEY"));
    }

    private static String drawn(PreparedVersion version, boolean fork) throws Exception {
        try (var sandbox = runtime.launch(numbersIn(version)); var client = connect(sandbox)) {
            assertThat(sandbox.isFork()).as("%s", runtime.loadedAfreshBecause(numbersIn(version))).isEqualTo(fork);
            client.start("draw", Json.object());
            return client.grade(Json.object().put("answer", "")).path("content").asString();
        }
    }

    /**
     * Its shells' host is a copy of it, and stands in the shells' namespace of users. A shell has no name for it, being behind a namespace
     * of processes; one who got out of that would be where this looks from, and still read nothing.
     */
    @Test
    void whoeverComesOutOfAForksShellReadsNothingOfItsEnvironment() throws Exception {
        assumeThat(runtime.description()).contains("once and forked");
        var version = prepare(new TarGz()
                .file("env.py", SHELLS)
                .file("read.py", """
                        import glob, os, re, sys
                        word = sys.stdin.read().strip().encode()  # reversed: else one would find one's own
                        own, looked, found = {os.getpid(), os.getppid()}, 0, []
                        for folder in glob.glob("/proc/[0-9]*"):
                            if int(folder[6:]) in own:
                                continue
                            looked += 1
                            try:
                                memory = open(folder + "/mem", "rb", 0)
                                for line in open(folder + "/maps"):
                                    start, end = (int(one, 16) for one in line.split()[0].split("-"))
                                    if " rw" in line:
                                        memory.seek(start)
                                        if word[::-1] in memory.read(end - start):
                                            found.append(open(folder + "/cmdline").read()[-300:].replace("\\0", " "))
                                            break
                            except OSError:
                                pass
                        print("looked at several" if looked > 3 else looked, found)
                        """)
                .file("pyproject.toml", PROJECT));
        var spec = new SandboxSpec(
                new SandboxLabel("run-of-a-test", 1), version, "shells", Map.of("HUD_API_KEY", "ark_the-runs-own"), Network.NONE,
                SandboxLimits.DEFAULTS, Set.of("HUD_API_KEY"));
        try (var sandbox = runtime.launch(spec); var client = connect(sandbox)) {
            assertThat(sandbox.isFork()).isTrue();
            ssh(version, sandbox, client.capability("plain"), "true");
            assertThat(look(client, "grep -laP 'python[0-9.]*\\x00/[^\\x00]*namespace.py' /proc/[0-9]*/cmdline")).as("hosts of their own").isEmpty();
            var read = "echo nwo-snur-eht_kra | HUD_API_KEY= python read.py";
            assertThat(look(client, read)).as("its own may").contains("looked at several", "--env");
            var holder = "nsenter --user --preserve-credentials --target $(pgrep -o sleep) ";
            assertThat(look(client, read.replace("python", holder + "python"))).isEqualTo("looked at several []");
        }
    }

    private static byte[] runnableJar() throws IOException {
        var manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, "tool.Main");
        var bytes = new ByteArrayOutputStream();
        new JarOutputStream(bytes, manifest).close();
        return bytes.toByteArray();
    }

    @Test
    void anAgentsShellWorksInsideTheWorkspaceAndSeesNoMoreThanThat() throws Exception {
        var version = prepare(new TarGz()
                .file("env.py", ENVIRONMENT)
                .file("random.py", "def pick():\n    return 4\n") // its own, whatever the interpreter has of that name
                .file("pyproject.toml", PROJECT));
        try (var sandbox = runtime.launch(spec(version)); var client = connect(sandbox)) {
            var shell = client.capability("ssh");
            client.start("look", Json.object().put("command", "true"));
            assertThat(ssh(version, sandbox, shell, "echo hello > greeting; cat greeting; pwd")).isEqualTo("hello\n/workspace\n");
            assertThat(ssh(version, sandbox, shell, "ls /srv /home 2>/dev/null; ls -d /root/.pyenv 2>/dev/null")).isEmpty();
            assertThat(client.grade(Json.object().put("answer", "")).path("score").asDouble()).isEqualTo(1.0);
        }
    }

    @Test
    void anAgentsShellIsTheUserThatTheAuthorSaysAndSeesNothingOfTheEnvironmentsVariables() throws Exception {
        var version = prepare(new TarGz()
                .file("env.py", SHELLS)
                .file("pyproject.toml", PROJECT));
        var variables = Map.of("DATABASE_KEY", "the-deployers-own", "HUD_API_KEY", "ark_the-runs-own", "HUD_GATEWAY_URL", "http://x");
        var spec = new SandboxSpec(
                new SandboxLabel("run-of-a-test", 1), version, "shells", variables, Network.OUTBOUND, SandboxLimits.DEFAULTS);
        try (var sandbox = runtime.launch(spec); var client = connect(sandbox)) {
            assertThat(look(client, "echo $DATABASE_KEY $HUD_API_KEY")).isEqualTo("the-deployers-own ark_the-runs-own");
            for (var name : List.of("plain", "user", "root", "open")) {
                var shell = client.capability(name);
                var everything = "env; cat /proc/*/environ /proc/*/cmdline /etc/* /run/assay/* 2>/dev/null | tr '\\0' '\\n'";
                var seen = ssh(version, sandbox, shell, everything);
                assertThat(seen).as(name).contains("PATH=").doesNotContain("the-deployers-own", "ark_the-runs-own", "DATABASE_KEY", "HUD_");
                assertThat(ssh(version, sandbox, shell, "echo hello > greeting && cat greeting")).as(name).isEqualTo("hello\n");
            }
            if (runtime.isolation() == Isolation.BUBBLEWRAP_AS_ROOT) {
                assertThat(ssh(version, sandbox, client.capability("user"), "id -u; id -g; id -G; echo $GIVEN"))
                        .isEqualTo("1000\n1000\n1000\nby the author\n");
                assertThat(ssh(version, sandbox, client.capability("root"), "id -u; id -G")).isEqualTo("0\n0\n");
            }
        }
    }

    /** By the library that the client itself uses, through a tunnel of its own. */
    private static String ssh(PreparedVersion version, Sandbox sandbox, Capability shell, String command) throws Exception {
        var script = """
                import asyncio, asyncssh, json, socket, sys
                async def main(address, capability, key, command):
                    if address.startswith("/"):
                        tunnel = socket.socket(socket.AF_UNIX)
                        tunnel.connect(address)
                    else:
                        tunnel = socket.create_connection(("127.0.0.1", int(address)))
                    call = {"jsonrpc": "2.0", "id": 1, "method": "tunnel.open", "params": {"capability": capability}}
                    tunnel.sendall(json.dumps(call).encode() + b"\\n")
                    while tunnel.recv(1) not in (b"\\n", b""):
                        pass
                    tunnel.setblocking(False)
                    async with asyncssh.connect(sock=tunnel, username="agent", known_hosts=None,
                                                client_keys=[asyncssh.import_private_key(key)]) as connection:
                        result = await connection.run(command, errors="replace") # /etc holds what is no text: the library would hang up
                        print(result.stdout, end=""); print(result.stderr, end="", file=sys.stderr)
                        if result.exit_status is None:
                            sys.exit(f"the session ended without a status: {result.exit_signal}")
                asyncio.run(main(*sys.argv[1:]))
                """;
        var address = sandbox.address() instanceof InetSocketAddress tcp ? "" + tcp.getPort() : sandbox.address().toString();
        var process = new ProcessBuilder(
                        version.virtualEnvironment().python().toString(), "-c", script, address, shell.name(),
                        shell.params().path("client_key").asString(), command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("the client of '%s', which had read: %s", shell.name(), output).isZero();
        return output;
    }

    @Test
    void aSecondVersionWithTheSameDependenciesIsReadyAtOnce() throws Exception {
        List<String> log = new ArrayList<>();
        prepare(new TarGz().file("env.py", ENVIRONMENT).file("requirements.txt", REQUIREMENTS));
        var changed = new TarGz().file("env.py", ENVIRONMENT + "\n# changed").file("requirements.txt", REQUIREMENTS);
        runtime.prepare(context(changed), log::add);
        assertThat(log).anyMatch(line -> line.startsWith("dependencies unchanged")).noneMatch(line -> line.startsWith("installing"));
    }

    @Test
    void aDependencyThatDoesNotExistFailsWithTheLineThatSaysSo() {
        List<String> log = new ArrayList<>();
        var archive = new TarGz()
                .file("env.py", ENVIRONMENT)
                .file("pyproject.toml", "[project]\ndependencies = ['assay-there-is-no-such-package==99.1']");
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> runtime.prepare(context(archive), log::add))
                .withMessageStartingWith("dependencies cannot be installed: ERROR:");
        assertThat(log).anyMatch(line -> line.contains("assay-there-is-no-such-package"));
    }

    @Test
    void anEnvironmentThatCannotBeLoadedSaysWhy() throws Exception {
        var version = prepare(new TarGz()
                .file("env.py", ENVIRONMENT + "\nraise RuntimeError('no luck today')")
                .file("pyproject.toml", PROJECT));
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> runtime.launch(spec(version)))
                .withMessageContaining("before serving")
                .withMessageContaining("no luck today");
    }

    private static String look(ControlClient client, String command) throws Exception {
        client.start("look", Json.object().put("command", command));
        return client.grade(Json.object().put("answer", "")).path("content").asString();
    }

    private static ControlClient connect(Sandbox sandbox) throws Exception {
        return ControlClient.connect(sandbox.address(), Duration.ofSeconds(30));
    }

    private static PreparedVersion prepare(TarGz archive) throws Exception {
        long begun = System.nanoTime();
        var version = runtime.prepare(context(archive), line -> {});
        LOG.info("preparing took {} ms", (System.nanoTime() - begun) / 1_000_000);
        return version;
    }

    private static Source.Context context(TarGz archive) {
        return new Source.Context(UUID.randomUUID().toString(), "looking around", Map.of(), Network.NONE, archive::stream);
    }

    private static SandboxSpec spec(PreparedVersion version) {
        return new SandboxSpec(
                new SandboxLabel("run-of-a-test", 1), version, "looking around", Map.of(), Network.NONE, SandboxLimits.DEFAULTS);
    }
}
