// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import static dev.assay.sdk.runtimes.process.FakePythonContext.ask;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Sandbox;
import dev.assay.sdk.runtimes.SandboxLabel;
import dev.assay.sdk.runtimes.SandboxLimits;
import dev.assay.sdk.runtimes.SandboxSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is loaded once and forked for each run; one parent serves all tests that do not say otherwise. */
@DisabledIfEnvironmentVariable(
        named = "ASSAY_TESTS_WITHOUT", matches = ".*(bubblewrap|socat|util-linux).*", disabledReason = "no sandboxes here")
class ForkTests {

    private static final SandboxLimits LIMITS = SandboxLimits.DEFAULTS
            .withMemoryBytes(256L << 20).withStartup(Duration.ofSeconds(60)).withLifetime(Duration.ofMinutes(5));

    @TempDir
    static Path folder;

    static ProcessRuntime runtime;
    static PreparedVersion version;

    @BeforeAll
    static void start() throws Exception {
        runtime = ProcessRuntime.on(folder, folder.resolve("venvs"), true, System.getenv(), null, true);
        assumeThat(runtime.description()).contains("once and forked");
        version = FakePythonContext.thatCanBeForked(folder);
    }

    @AfterAll
    static void nothingIsLeft() {
        runtime.close();
        // one that was to wait may have been in the making
        await().untilAsserted(() -> assertThat(folder.resolve("sandboxes")).isEmptyDirectory());
    }

    @Test
    void whatIsLoadedIsLoadedOnceAndEachRunHasWhatIsItsOwn() throws Exception {
        try (var one = launch("one"); var other = launch("two")) {
            assertThat(ask(one, "env.LOADED")).isEqualTo(ask(other, "env.LOADED"));
            assertThat(ask(one, "os.environ['RUN_KEY']")).isEqualTo("one");
            assertThat(ask(other, "os.environ['RUN_KEY'] + os.environ['WORD']")).isEqualTo("twoshared");
            assertThat(ask(one, "open('/proc/self/environ').read()")).doesNotContain("two");
            for (var place : new String[] {"os.getcwd()", "os.environ['HOME']", "os.environ['TMPDIR']", "'/var/tmp'", "'/dev/shm'"}) {
                ask(one, "open(" + place + " + '/mark', 'w').write('mine')");
                assertThat(ask(one, "os.path.exists(" + place + " + '/mark')")).as(place).isEqualTo("True");
                assertThat(ask(other, "os.path.exists(" + place + " + '/mark')")).as(place).isEqualTo("False");
            }
            ask(one, "env.SEEN.append(1)");
            assertThat(ask(other, "env.SEEN")).isEqualTo("[]");
            try (var later = launch("three")) {
                assertThat(ask(later, "env.SEEN")).isEqualTo("[]");
                assertThat(ask(later, "os.path.exists(os.getcwd() + '/mark')")).isEqualTo("False");
            }
        }
    }

    @Test
    void nothingThatIsDrawnIsDrawnTwice() throws Exception {
        try (var one = launch("one"); var other = launch("two")) {
            for (var drawn : new String[] {
                "__import__('random').random()", "__import__('uuid').uuid4()", "__import__('ssl').RAND_bytes(8)", "os.urandom(8)",
                "__import__('secrets').token_hex()", "__import__('tempfile').mktemp()", "__import__('uuid').uuid1()"}) {
                assertThat(ask(one, drawn)).as(drawn).isNotEqualTo(ask(other, drawn)).doesNotContain("Error");
            }
        }
    }

    @Test
    void nothingIsOpenButItsOwnAndPortsAreItsOwn() throws Exception {
        try (var one = launch("one"); var other = launch("two")) {
            assertThat(ask(one, "[os.readlink('/proc/self/fd/' + f) for f in sorted(os.listdir('/proc/self/fd')) if int(f) < 3][0]"))
                    .isEqualTo("/dev/null");
            var sockets = "len([f for f in os.listdir('/proc/self/fd') if 'socket' in (os.path.exists('/proc/self/fd/' + f) "
                    + "and os.readlink('/proc/self/fd/' + f) or '')])";
            assertThat(ask(one, sockets)).isEqualTo("2"); // its listener, and this question
            for (var sandbox : new Sandbox[] {one, other}) {
                assertThat(ask(sandbox, "setattr(env, 'held', env.socket.create_server(('127.0.0.1', 4711)))")).isEqualTo("None");
            }
            // the thread of the question before ends a moment after it was answered
            await().untilAsserted(() -> assertThat(ask(one, "len(os.listdir('/proc/self/task')) - threading.active_count()")).isEqualTo("0"));
        }
    }

    @Test
    void reachesNeitherItsParentNorItsKeeperNorAnotherChild() throws Exception {
        try (var one = launch("one"); var other = launch("two")) {
            assertThat(ask(one, "len([p for p in os.listdir('/proc') if p.isdigit()])")).isEqualTo("2");
            assertThat(ask(one, "os.kill(1, 9)")).contains("PermissionError");
            assertThat(ask(one, "open('/proc/1/environ').read()")).contains("PermissionError");
            assertThat(ask(one, "os.listdir('/proc/1/root')")).contains("PermissionError");
            assertThat(ask(one, "open('/proc/1/mem', 'rb')")).contains("PermissionError");
            assertThat(ask(one, "os.path.exists('" + folder + "/owners')")).isEqualTo("False");
            assertThat(ask(one, "open('/proc/sys/kernel/core_pattern', 'a')")).contains("Error");
            assertThat(ask(one, "os.chown('/usr', 0, 0)")).contains("Error");
            assertThat(ask(one, "run(['umount', '-l', '/usr']) or run(['umount', '-l', '/proc']) or os.path.exists('/usr/bin/env')"))
                    .isEqualTo("True");
            assertThat(ask(one, "run(['mount', '-o', 'remount,rw', '/usr']) or os.access('/usr', os.W_OK)")).isEqualTo("False");
            assertThat(ask(one, "run(['nsenter', '-t', '1', '-a', 'id'])")).isEmpty();
            assertThat(ask(one, "subprocess.call(['unshare', '--user', '--map-root-user', '--mount', 'umount', '-l', '/usr']) > 0"))
                    .isEqualTo("True");
            assertThat(ask(one, "os.getuid(), os.chown(os.environ['HOME'], 1000, 1000), os.stat(os.environ['HOME']).st_uid"))
                    .isEqualTo("(0, None, 1000)");
            assertThat(ask(one, "socket.gethostname()")).isEqualTo("sandbox");
            assertThat(other.alive()).isTrue();
        }
    }

    @Test
    void keysOfTheKernelAreNoneOfAnothersWhetherForkedOrLoadedAfresh() throws Exception {
        var calls = "(lambda c: c.CDLL(None, use_errno=True).syscall)(__import__('ctypes'))";
        var number = System.getProperty("os.arch").equals("amd64") ? 248 : 217;
        var add = calls + "(" + number + ", b'user', b'note', b'mine', 4, -3) > 0";
        var request = calls + "(" + (number + 1) + ", b'user', b'note', None, 0) > 0";
        try (var one = launch("one"); var other = launch("two");
                var afresh = runtime.launch(FakePythonContext.spec(version, LIMITS, Map.of()))) {
            assumeThat(ask(one, add)).isEqualTo("True"); // it may be forbidden altogether
            assertThat(ask(one, request)).isEqualTo("True");
            assertThat(ask(other, request)).isEqualTo("False");
            assertThat(ask(afresh, request)).isEqualTo("False");
            assertThat(ask(afresh, add)).isEqualTo("True");
            try (var later = launch("three"); var another = runtime.launch(FakePythonContext.spec(version, LIMITS, Map.of()))) {
                assertThat(ask(later, request)).isEqualTo("False");
                assertThat(ask(another, request)).isEqualTo("False");
            }
        }
    }

    @Test
    void noProcessOfARunHasEverHeardOfAnothersKey() throws Exception {
        try (var one = launch("key-of-the-first-run"); var other = launch("key-of-the-second-run"); var third = launch("key-of-the-third-run")) {
            assertThat(one.alive() && other.alive() && third.alive()).isTrue();
            var itself = holders("run-key-of-the-third-run", "key-of-the-third-run");
            assertThat(itself).as("whoever is looked for is found").isEqualTo(1);
            assertThat(holders("run-key-of-the-third-run", "key-of-the-first-run")).isZero();
            assertThat(holders("run-key-of-the-third-run", "key-of-the-second-run")).isZero();
        }
    }

    /** They were walled off when another run's key was in the worker already. */
    @Test
    void whatWaitsIsTheNextRunsOneEachAndKnowsNothingBefore() throws Exception {
        try (var one = launch("key-before"); var other = launch("key-before-too")) {
            assertThat(one.alive() && other.alive()).isTrue();
            var waiting = await().until(() -> standing("fork-of-" + version.id()), ids -> ids.size() >= 2);
            assertThat(holders("fork-of-" + version.id(), "key-before")).isZero();
            try (var third = launch("third"); var fourth = launch("fourth")) {
                assertThat(third.alive() && fourth.alive()).isTrue();
                assertThat(waiting).contains(record("run-third").id(), record("run-fourth").id());
                assertThat(record("run-third").id()).isNotEqualTo(record("run-fourth").id());
            }
        }
    }

    @Test
    void aSandboxThatIsClosedTwiceGivesItsPlaceBackOnce() throws Exception {
        var left = new AtomicInteger();
        var sandbox = (ProcessSandbox) launch("closed-twice");
        sandbox.onClose(left::incrementAndGet);
        sandbox.close();
        sandbox.close();
        assertThat(left).hasValue(1);
    }

    /** How many processes of a run have this word in memory. */
    private static int holders(String run, String word) throws IOException {
        Set<String> holders = new HashSet<>();
        for (var group : record(run).groups()) {
            for (var process : Files.readAllLines(Path.of(group, "cgroup.procs"))) {
                try (var memory = new RandomAccessFile("/proc/" + process + "/mem", "r")) {
                    var writable = Files.readAllLines(Path.of("/proc", process, "maps")).stream().filter(line -> line.contains(" rw"));
                    if (writable.anyMatch(line -> holds(memory, line.split("[- ]"), word))) {
                        holders.add(process);
                    }
                } catch (IOException e) {
                    // it was only there to build walls: one that is ending has no memory any more, though it is still listed
                    if (Files.exists(Path.of("/proc", process)) && !e.getMessage().contains("No such process")) {
                        throw e;
                    }
                }
            }
        }
        return holders.size();
    }

    private static boolean holds(RandomAccessFile memory, String[] range, String word) {
        try {
            long start = Long.parseLong(range[0], 16);
            var bytes = new byte[(int) (Long.parseLong(range[1], 16) - start)];
            memory.seek(start);
            memory.readFully(bytes);
            return new String(bytes, StandardCharsets.ISO_8859_1).contains(word);
        } catch (IOException e) {
            return false; // the kernel's own
        }
    }

    @Test
    void itsEndIsItsOwnAndSaysHow() throws Exception {
        var asked = launch("one");
        try (var other = launch("two")) {
            var time = "1000." + System.nanoTime();
            ask(asked, "subprocess.Popen(['setsid', 'sleep', '" + time + "']).pid");
            asked.close();
            await().untilAsserted(() -> assertThat(asked.outputTail()).contains("starting", "bye")); // what it printed last comes a moment later
            assertThat(asked.alive()).isFalse();
            assertThat(ProcessHandle.allProcesses().filter(one -> one.info().commandLine().orElse("").contains(time))).isEmpty();
            ask(other, "os.environ.update(FAKE_LAST_WORDS='the word was never found')");
            other.close();
            await().untilAsserted(() -> assertThat(other.outputTail()).contains("the word was never found"));
        }
    }

    @Test
    void isHeldToItsLimitsNotItsParents() throws Exception {
        try (var sandbox = launch("one"); var other = launch("two")) {
            assertThat(ask(sandbox, "len(bytearray(50 << 20))")).isEqualTo("52428800");
            assertThat(askUntilKilled(sandbox, "len([bytearray(b'x') * (16 << 20) for _ in range(100)])")).isIn("killed", "MemoryError()");
            assertThat(ask(other, "1 + 1")).isEqualTo("2");
        }
    }

    @Test
    void anotherVariableOrVersionHasAnotherParent() throws Exception {
        var changed = new PreparedVersion("changed", version.source(), version.recipe(), version.virtualEnvironment());
        try (var one = launch("one");
                var variable = runtime.launch(spec(version, "one", Map.of("WORD", "another")));
                var other = runtime.launch(spec(changed, "one", Map.of("WORD", "shared")))) {
            assertThat(ask(variable, "env.WORD")).isEqualTo("another");
            assertThat(Set.of(ask(one, "env.LOADED"), ask(variable, "env.LOADED"), ask(other, "env.LOADED"))).hasSize(3);
        }
    }

    @Test
    void aBuildWhichHasNoKeyOfARunIsAForkToo() throws Exception {
        var spec = new SandboxSpec(
                new SandboxLabel("build", 1), version, "fake", Map.of("WORD", "built"), Network.NONE, LIMITS, Set.of("RUN_KEY"));
        try (var sandbox = runtime.launch(spec)) {
            assertThat(sandbox.isFork()).isTrue();
            assertThat(ask(sandbox, "os.environ.get('RUN_KEY'), env.WORD")).isEqualTo("(None, 'built')");
        }
    }

    @Test
    void aBrokenParentIsReplacedAndItsChildrenLiveOn() throws Exception {
        var breaking = new PreparedVersion("breaking", version.source(), version.recipe(), version.virtualEnvironment());
        try (var one = runtime.launch(spec(breaking, "one", Map.of("WORD", "a")))) {
            var parent = parent("breaking");
            parent.group().kill();
            try (var other = launchUntilAnotherParent(breaking, ask(one, "env.LOADED"))) {
                assertThat(ask(other, "env.WORD")).isEqualTo("a");
                assertThat(ask(one, "1 + 1")).isEqualTo("2");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "thread | threads | import time; threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()",
        "file | keeps /etc/hosts open | held = open('/etc/hosts')",
        "written | it wrote | open(os.environ['HOME'] + '/cache', 'w').write('x')",
        "variable | RUN_KEY | key = ['Bearer ' + os.environ['RUN_KEY']]",
        "seeded | random numbers | import random; random.seed(7)",
        "generator | generator | import random; own = random.Random(7)",
        "token | random bytes or an id in env.py | import secrets; flag = secrets.token_hex(8)",
        "id | random bytes or an id in env.py | import uuid; own = uuid.uuid1()",
        "process | processes | child = subprocess.Popen(['sleep', '1000'])",
        "network | the network | socket.create_connection(('127.0.0.1', 7388), 2).close()",
        "memory | memory | import mmap; shared = mmap.mmap(-1, 4096)",
        "memory to be | memory | import mmap; shared = mmap.mmap(-1, 4096, prot=mmap.PROT_READ)",
        "opted out | ASSAY_FORK | ASSAY_FORK = False"})
    void whatCannotBeForkedIsLoadedAfresh(String what, String reason, String line) throws Exception {
        var odd = FakePythonContext.with(version, what, Files.createDirectory(folder.resolve(what)), line);
        try (var sandbox = runtime.launch(spec(odd, "one", Map.of("WORD", "x")))) {
            assertThat(runtime.loadedAfreshBecause(spec(odd, "two", Map.of("WORD", "x"))).orElse("")).contains(reason);
            assertThat(sandbox.isFork()).isFalse();
            assertThat(ask(sandbox, "os.environ['RUN_KEY']")).isEqualTo("one");
        }
    }

    @Test
    void whoeverKillsTheWorkerLeavesNothing() throws Exception {
        var orphan = AnotherWorker.thatForksAndIsKilled(folder, version);
        var reaped = new AtomicInteger(); // what is still dying is reaped the next time
        await().untilAsserted(() -> {
            assertThat(reaped.addAndGet(runtime.reap(Instant.now()))).isGreaterThanOrEqualTo(4); // two children, their parent, and whoever waits
            assertThat(runtime.reap(Instant.now())).isZero();
        });
        assertThat(AnotherWorker.answers(orphan)).isFalse();
    }

    private static String askUntilKilled(Sandbox sandbox, String expression) {
        try {
            var reply = ask(sandbox, expression);
            return reply.isEmpty() ? "killed" : reply;
        } catch (IOException e) {
            return "killed";
        }
    }

    private static SandboxRecord parent(String version) throws IOException {
        return record("parent-of-" + version);
    }

    private static SandboxRecord record(String run) throws IOException {
        return records(run).stream().findFirst().orElseThrow(() -> new IOException("nothing of " + run));
    }

    private static List<String> ids(String run) throws IOException {
        return records(run).stream().map(SandboxRecord::id).toList();
    }

    /** Those that stand behind their walls: it, the first process of its namespace and who relays. */
    private static List<String> standing(String run) throws IOException {
        return records(run).stream().filter(one -> Set.copyOf(one.group().members()).size() == 3).map(SandboxRecord::id).toList();
    }

    private static List<SandboxRecord> records(String run) throws IOException {
        try (var folders = Files.list(folder.resolve("sandboxes"))) {
            List<SandboxRecord> records = new ArrayList<>();
            for (var one : folders.toList()) {
                try {
                    records.add(SandboxRecord.readFrom(one));
                } catch (IOException e) {
                    // another that is just being made, or cleared away
                }
            }
            records.removeIf(record -> !record.run().equals(run));
            return records;
        }
    }

    /** A kill is heard of a moment later; until then the old one's children still come, or a fresh start. */
    private static Sandbox launchUntilAnotherParent(PreparedVersion version, String old) throws Exception {
        for (int i = 0; i < 100; i++) {
            var sandbox = runtime.launch(spec(version, "two", Map.of("WORD", "a")));
            var loaded = ask(sandbox, "env.LOADED");
            try (var twin = runtime.launch(spec(version, "three", Map.of("WORD", "a")))) {
                if (!loaded.equals(old) && loaded.equals(ask(twin, "env.LOADED"))) {
                    return sandbox;
                }
            }
            sandbox.close();
        }
        throw new IOException("the old parent was never replaced");
    }

    private static Sandbox launch(String key) throws Exception {
        return runtime.launch(spec(version, key, Map.of("WORD", "shared")));
    }

    static SandboxSpec spec(PreparedVersion version, String key, Map<String, String> variables) {
        Map<String, String> all = new HashMap<>(variables);
        all.put("RUN_KEY", key);
        return new SandboxSpec(
                new SandboxLabel("run-" + key, 1), version, "fake", all, Network.NONE, LIMITS, Set.of("RUN_KEY"));
    }
}
