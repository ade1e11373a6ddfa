// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import static dev.assay.sdk.runtimes.process.FakePythonContext.ask;
import static dev.assay.sdk.runtimes.process.FakePythonContext.spec;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.assay.sdk.runtimes.Remains;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLimits;
import dev.assay.sdk.runtimes.SandboxSpec;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Each test both inside bubblewrap (or what the machine has) and without. */
@ParameterizedClass
@ValueSource(booleans = {true, false})
@DisabledIfEnvironmentVariable(
        named = "ASSAY_TESTS_WITHOUT", matches = ".*(bubblewrap|socat|util-linux).*", disabledReason = "no sandboxes here")
class ProcessRuntimeTests {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessRuntimeTests.class);

    private static final SandboxLimits LIMITS = SandboxLimits.DEFAULTS
            .withMemoryBytes(256L << 20).withStartup(Duration.ofSeconds(20)).withLifetime(Duration.ofMinutes(2));

    @TempDir
    static Path shared;

    static PreparedVersion version;

    private final boolean wallOff;

    @TempDir
    Path folder;

    private ProcessRuntime runtime;

    ProcessRuntimeTests(boolean wallOff) {
        this.wallOff = wallOff;
    }

    @BeforeAll
    static void makeVersion() throws Exception {
        version = FakePythonContext.in(shared);
    }

    @BeforeEach
    void start() throws IOException {
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.put("ASSAY_ADMIN_TOKEN", "must not be seen");
        runtime = ProcessRuntime.on(folder, folder.resolve("venvs"), wallOff, environment);
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        runtime.close();
        try (var left = Files.list(folder.resolve("sandboxes"))) {
            assertThat(left).isEmpty();
        }
        // one that measures what a sandbox wrote ends a moment later
        await().until(() -> ProcessHandle.allProcesses().noneMatch(process -> mentions(process, folder.toString())));
    }

    @Test
    void eachSandboxHasItsOwnCopyOfTheSourceHomeAndScratchFolder() throws Exception {
        try (var one = launch(Map.of()); var other = launch(Map.of())) {
            for (var place : List.of("os.getcwd()", "os.environ['HOME']", "os.environ['TMPDIR']")) {
                ask(one, "open(" + place + " + '/mark', 'w').write('mine')");
                assertThat(ask(one, "os.path.exists(" + place + " + '/mark')")).isEqualTo("True");
                assertThat(ask(other, "os.path.exists(" + place + " + '/mark')")).isEqualTo("False");
            }
        }
        assertThat(version.source().resolve("mark")).doesNotExist();
    }

    @Test
    void theEnvironmentsPythonIsWholeAndFoundByALoginShell() throws Exception {
        try (var sandbox = launch(Map.of())) {
            var python = version.virtualEnvironment().python().toString();
            assertThat(ask(sandbox, "run(['bash', '-lc', 'which python'])").strip()).isEqualTo(python);
            var lock = "__import__('multiprocessing').get_context('spawn').Lock().acquire(timeout=1)";
            assertThat(ask(sandbox, lock)).isEqualTo("True");
            assertThat(ask(sandbox, "run(['sh', '-lc', 'which python'])").strip()).isEqualTo(python);
        }
    }

    @Test
    void environmentsAreNamedInAnyScriptAndEverySandboxIsInTheSamePlace() throws Exception {
        var spec = FakePythonContext.spec(version, LIMITS, Map.of("WORD", "größe"));
        var named = new SandboxSpec(spec.label(), version, "среда 環境 'é'", spec.environmentVariables(), spec.network(), spec.limits());
        try (var sandbox = runtime.launch(named)) {
            assertThat(ask(sandbox, "sys.argv[sys.argv.index('--env') + 1].encode()")).isEqualTo(pythons("среда 環境 'é'"));
            assertThat(ask(sandbox, "os.environ['WORD'].encode()")).isEqualTo(pythons("größe"));
            assertThat(ask(sandbox, "[os.environ['LANG'], os.environ['TZ'], time.strftime('%z')]")).isEqualTo("['C.UTF-8', 'UTC', '+0000']");
        }
        try (var sandbox = launch(Map.of("LANG", "C", "TZ", "Pacific/Apia"))) {
            assertThat(ask(sandbox, "[os.environ['LANG'], os.environ['TZ']]")).isEqualTo("['C', 'Pacific/Apia']");
        }
    }

    /** As Python shows the bytes of a text. */
    private static String pythons(String text) {
        var shown = new StringBuilder(text.contains("'") ? "b\"" : "b'");
        for (var b : text.getBytes(StandardCharsets.UTF_8)) {
            shown.append(b < 0 ? "\\x" + HexFormat.of().toHexDigits(b) : Character.toString(b));
        }
        return shown.append(text.contains("'") ? '"' : '\'').toString();
    }

    @Test
    void seesTheDeployersVariablesAndNoneOfTheWorkers() throws Exception {
        try (var sandbox = launch(Map.of("WORD", "it's $HOME", "not a name", "x"))) {
            assertThat(ask(sandbox, "os.environ['WORD']")).isEqualTo("it's $HOME");
            assertThat(ask(sandbox, "dict(os.environ)")).doesNotContain("ASSAY_INTERNAL", "must not be seen", "JAVA_TOOL", "not a name");
        }
    }

    @Test
    void seesNothingOfTheMachineThatIsNotItsOwn() throws Exception {
        try (var sandbox = launch(Map.of())) {
            assertThat(runtime.isolation() == Isolation.NONE).isEqualTo(!wallOff);
            Files.writeString(folder.resolve("secret"), "platform");
            assertThat(ask(sandbox, "os.path.exists('" + folder.resolve("secret") + "')")).isEqualTo(wallOff ? "False" : "True");
            if (!wallOff) {
                return;
            }
            assertThat(ask(sandbox, "os.path.exists('/etc/shadow')")).isEqualTo("False");
            assertThat(ask(sandbox, "os.path.exists('" + System.getProperty("user.home") + "/.bashrc')")).isEqualTo("False");
            assertThat(ask(sandbox, "[p for p in os.listdir('/proc') if p.isdigit() and int(p) > 100]")).isEqualTo("[]");
            assertThat(ask(sandbox, "open('" + version.virtualEnvironment().folder() + "/x', 'w')")).contains("Error");
            assertThat(ask(sandbox, "open('/proc/sys/kernel/core_pattern', 'a')")).contains("Error");
            assertThat(ask(sandbox, "open('/proc/sys/kernel/hostname', 'a')")).contains("Error");
            assertThat(ask(sandbox, "os.chown('/usr', 0, 0)")).contains("Error");
            assertThat(ask(sandbox, "run(['mount', '-o', 'remount,rw', '/usr']) or os.access('/usr', os.W_OK)")).isEqualTo("False");
        }
    }

    @Test
    void cannotTakeMoreMemoryThanItsLimit() throws Exception {
        try (var sandbox = launch(Map.of())) {
            assertThat(ask(sandbox, "len(bytearray(50 << 20))")).isEqualTo("52428800");
            assertThat(askUntilKilled(sandbox, "len([bytearray(b'x') * (16 << 20) for _ in range(10)])")).isEqualTo("10");
            // within its limit it was given, beyond it is refused or ended
            assertThat(askUntilKilled(sandbox, "len([bytearray(b'x') * (16 << 20) for _ in range(100)])")).isIn("MemoryError()", "killed");
        }
    }

    @Test
    void cannotStartMoreProcessesThanItsLimit() throws Exception {
        var few = LIMITS.withProcesses(40);
        try (var sandbox = runtime.launch(spec(version, few, Map.of()))) {
            var reply = ask(sandbox, "[subprocess.Popen(['sleep', '100']).pid for _ in range(100)]");
            assertThat(reply).contains("BlockingIOError");
        }
    }

    @Test
    void isEndedWhenItHoldsMoreOfTheDiskThanItsLimit() throws Exception {
        try (var sandbox = runtime.launch(spec(version, LIMITS.withDiskBytes(40L << 20), Map.of()))) {
            var write = "[open(os.environ['TMPDIR'] + '/%d' % i, 'wb').write(b'x' * (10 << 20)) for i in range(6)] and time.sleep(60)";
            askUntilKilled(sandbox, write);
            await().until(() -> !sandbox.alive());
            assertThat(sandbox.outputTail()).endsWith("MiB of the disk, more than the 40 MiB that it may (storage_mb), and was ended");
        }
    }

    @Test
    void isEndedWhenWhatItHoldsHasNoNameAnyMore() throws Exception {
        try (var sandbox = runtime.launch(spec(version, LIMITS.withDiskBytes(40L << 20), Map.of()))) {
            var write = "(held := [(f := open(os.environ['TMPDIR'] + '/x', 'wb'), os.unlink(f.name), f.write(b'x' * (10 << 20)), f)"
                    + " for i in range(6)]) and time.sleep(60)";
            askUntilKilled(sandbox, write);
            await().until(() -> !sandbox.alive());
            assertThat(sandbox.outputTail()).endsWith("MiB of the disk, more than the 40 MiB that it may (storage_mb), and was ended");
        }
    }

    @Test
    void noFileIsLargerThanAllThatItMayHold() throws Exception {
        try (var sandbox = runtime.launch(spec(version, LIMITS.withDiskBytes(40L << 20), Map.of()))) {
            var write = "signal.signal(signal.SIGXFSZ, signal.SIG_IGN) and 0 or open(os.environ['TMPDIR'] + '/x', 'wb').truncate(1 << 40)";
            assertThat(ask(sandbox, write)).contains("Error");
        }
    }

    @Test
    void leavesNothingHoweverDeepItsFoldersAre() throws Exception {
        try (var sandbox = launch(Map.of())) {
            var dig = "[os.chdir(os.environ['TMPDIR'])] and [(os.mkdir('d' * 8), os.chdir('d' * 8)) for _ in range(1500)] and 'deep'";
            assertThat(ask(sandbox, dig)).isEqualTo("deep");
        }
    }

    @Test
    void isAskedToEndBeforeItIsEnded() throws Exception {
        var sandbox = launch(Map.of());
        sandbox.close();
        await().until(() -> sandbox.outputTail().contains("bye"));
    }

    @Test
    void isEndedWhenItDoesNotListenWithAllThatItStarted() throws Exception {
        var stubborn = launch(Map.of("FAKE_STUBBORN", "1"));
        var time = "1000." + System.nanoTime();
        ask(stubborn, "subprocess.Popen(['setsid', 'sleep', '" + time + "']).pid");
        await().until(() -> ProcessHandle.allProcesses().anyMatch(process -> mentions(process, time)));
        stubborn.close();
        assertThat(stubborn.alive()).isFalse();
        assertThat(ProcessHandle.allProcesses()).noneMatch(process -> mentions(process, time));
    }

    @Test
    void isEndedAfterItsLifetime() throws Exception {
        var sandbox = runtime.launch(spec(version, LIMITS.withLifetime(Duration.ofSeconds(2)), Map.of()));
        await().until(() -> !sandbox.alive());
    }

    @Test
    void socketsOfItsOwnWorkHoweverDeepTheWorkersFolderLies() throws Exception {
        var deep = folder.resolve("a-folder-with-a-long-name/".repeat(6));
        try (var other = ProcessRuntime.on(deep, folder.resolve("venvs"), wallOff, System.getenv());
                var sandbox = other.launch(spec(version, LIMITS, Map.of()))) {
            assertThat(ask(sandbox, "socket.socket(socket.AF_UNIX).bind(os.environ['TMPDIR'] + '/' + 'x' * 20)")).isEqualTo("None");
        }
    }

    @Test
    void tellsWhyItDidNotServe() {
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> launch(Map.of("FAKE_FAILURE", "exit")))
                .withMessage("the environment exited with code 3 before serving: ValueError: no such word")
                .satisfies(failure -> assertThat(failure.outputTail()).contains("about to fail"));
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> runtime.launch(
                        spec(version, LIMITS.withStartup(Duration.ofSeconds(1)), Map.of("FAKE_FAILURE", "silence"))))
                .withMessage("the environment did not serve within 1s");
    }

    @Test
    void manyRunAtOnce() throws Exception {
        long begun = System.nanoTime();
        List<Sandbox> sandboxes = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            sandboxes.add(launch(Map.of()));
        }
        LOG.info("8 launches took {} ms with {}", (System.nanoTime() - begun) / 1_000_000, runtime.isolation());
        assertThat(sandboxes).allMatch(Sandbox::alive).extracting(Sandbox::address).doesNotHaveDuplicates();
        begun = System.nanoTime();
        sandboxes.forEach(Sandbox::close);
        LOG.info("8 closings took {} ms", (System.nanoTime() - begun) / 1_000_000);
    }

    @Test
    void whatADeadWorkerLeftIsReapedAndWhatALivingOneRunsIsNot() throws Exception {
        var orphan = AnotherWorker.thatLaunchesAndIsKilled(folder, wallOff, version);
        try (var mine = launch(Map.of())) {
            var reaped = new AtomicInteger(); // what is still dying is reaped the next time
            await().until(() -> reaped.addAndGet(runtime.reap(Instant.now())) == 1);
            assertThat(runtime.reap(Instant.now())).isZero();
            assertThat(ask(mine, "1 + 1")).isEqualTo("2");
        }
        await().until(() -> !AnotherWorker.answers(orphan));
        if (orphan instanceof UnixDomainSocketAddress socket) {
            assertThat(socket.getPath().getParent()).doesNotExist();
        }
    }

    @Test
    void whatAWorkerThatHangsHasIsEndedWhenItsWorkOrItsTimeIsOver() throws Exception {
        try (var other = onTheSameFolder(); var hanging = launch(Map.of())) {
            assertThat(other.reapOver(labels -> Set.of())).isZero();
            assertThat(ask(hanging, "1 + 1")).isEqualTo("2");
            assertThat(other.reapOver(labels -> labels)).isEqualTo(1);
            await().until(() -> !hanging.alive());
        }
        try (var other = onTheSameFolder(); var hanging = launch(Map.of())) {
            assertThat(other.reap(Instant.now())).isZero();
            var over = LIMITS.startup().plus(LIMITS.lifetime()).plus(Remains.SPARE).plusSeconds(1);
            assertThat(other.reap(Instant.now().plus(over))).isEqualTo(1);
            await().until(() -> !hanging.alive());
        }
    }

    private ProcessRuntime onTheSameFolder() throws IOException {
        return ProcessRuntime.on(folder, folder.resolve("venvs"), wallOff, System.getenv());
    }

    private Sandbox launch(Map<String, String> variables) throws Exception {
        return runtime.launch(spec(version, LIMITS, variables));
    }

    private static String askUntilKilled(Sandbox sandbox, String expression) {
        try {
            var reply = ask(sandbox, expression);
            return reply.isEmpty() ? "killed" : reply;
        } catch (IOException e) {
            return "killed";
        }
    }

    private static boolean mentions(ProcessHandle process, String text) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"), StandardCharsets.ISO_8859_1)
                    .contains(text);
        } catch (IOException e) {
            return false;
        }
    }
}
