// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Innocent and hostile contexts, really installed. */
@Execution(ExecutionMode.CONCURRENT) // it installs packages
class VirtualEnvironmentsTests {

    /** A library that needs nothing to be built; whoever installs it runs this, and what it does is up to its author. */
    private static final String BACKEND = """
            import os, sys, zipfile
            INFO = "lib-1.0.dist-info/"
            def build_wheel(folder, settings=None, metadata=None):
                %s
                with zipfile.ZipFile(os.path.join(folder, "lib-1.0-py3-none-any.whl"), "w") as wheel:
                    wheel.write("lib.py")
                    wheel.writestr(INFO + "METADATA", "Metadata-Version: 2.1\\nName: lib\\nVersion: 1.0\\n")
                    wheel.writestr(INFO + "WHEEL", "Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
                    wheel.writestr(INFO + "RECORD", "")
                return "lib-1.0-py3-none-any.whl"
            build_editable = build_wheel
            """;

    /** Puts what it sees into the environment that it is installed into, and a mark wherever it can. */
    private static final String SPY = """
            seen = [str(dict(os.environ)), os.getcwd()]
                for place in [os.path.expanduser("~"), "/etc", "/root"]:
                    for at, _, names in os.walk(place):
                        for name in names:
                            try: seen.append(open(os.path.join(at, name)).read())
                            except Exception: pass
                open(sys.prefix + "/seen", "w").write(str(seen))
                for at in [at for at, _, _ in os.walk("/") if not at.startswith(("/proc", "/sys", "/dev"))]:
                    try: open(os.path.join(at, "poison.pth"), "w").write("import poison")
                    except Exception: pass""";

    private static final Recipe.Python OF_ITS_FILE = new Recipe.Python("env.py", List.of(), List.of(), true, "");

    /** Made once for all. */
    @TempDir
    static Path pattern;

    @TempDir
    Path folder;

    private final List<String> log = new ArrayList<>();
    private final Map<String, String> operator = new HashMap<>(System.getenv());
    private Workshop workshop;
    private Owners owners;
    private SocketFolder sockets;

    @BeforeEach
    void start() throws Exception {
        begin();
        environments(pattern.resolve("venvs")).pattern(FindPython.on(System.getenv()).getFirst(), log::add);
        assertThat(new ProcessBuilder("cp", "-a", pattern.resolve("venvs").toString(), folder.toString()).inheritIO().start().waitFor()).isZero();
    }

    private void begin() throws IOException {
        var home = Files.createDirectories(folder.resolve("home"));
        owners = new Owners(home.resolve("owners"));
        sockets = SocketFolder.create(owners.self());
        var isolation = Confinement.probe(home, sockets, Workshop.ownUser() == 0).isolation();
        workshop = new Workshop(home.resolve("sandboxes"), isolation, ControlGroups.detect(), owners, sockets);
        assumeThat(FindPython.on(System.getenv())).isNotEmpty();
    }

    @AfterEach
    void nothingIsLeft() throws IOException {
        sockets.delete();
        owners.close();
        try (var left = Files.list(folder.resolve("home/sandboxes"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void modulesOfAContextAreNotTheInstallers() throws Exception {
        var context = context("requirements.txt", "six\n");
        for (var name : List.of("pip", "venv", "random", "json", "compileall", "ensurepip", "sitecustomize", "usercustomize", "logging")) {
            Files.writeString(context.resolve(name + ".py"), "print('ERROR imported " + name + "')\nraise SystemExit(9)\n");
        }
        Files.writeString(context.resolve("pip.conf"), "[global]\nno-index = true\n");
        Files.writeString(context.resolve("pyvenv.cfg"), "home = /nowhere\n");
        var made = install(context);
        assertThat(packages(made)).contains("six.py");
        assertThat(log).noneMatch(line -> line.contains("imported"));
    }

    @Test
    void eachHasAnInstallerOfItsOwnThatIsTheNewestOfTheIndex() throws Exception {
        var venvs = environments(folder.resolve("others"));
        var made = venvs.forContext(version(Map.of()), context("requirements.txt", "six\n"), OF_ITS_FILE, log::add);
        var pip = new ProcessBuilder(made.folder().resolve("bin/pip").toString(), "--version").start();
        assertThat(new String(pip.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).contains(site(made).toString());
        assertThat(packages(made)).containsAll(packages(venvs.pattern(made.base(), log::add)));
        assertThat(log).noneMatch(line -> line.startsWith("Python's own installer stays"));
    }

    @Test
    void whereNoneIsToBeHadPythonsOwnServes() throws Exception {
        operator.put("PIP_INDEX_URL", "https://127.0.0.1:9/simple");
        operator.put("PIP_RETRIES", "0");
        assertThat(packages(environments(folder.resolve("others")).pattern(FindPython.on(System.getenv()).getFirst(), log::add))).contains("pip");
    }

    @Test
    void contextsWithTheSamePlainListShareOneEnvironment() throws Exception {
        var one = install(context("requirements.txt", "six # a comment\n"));
        log.clear();
        var other = install(context("requirements.txt", "\nsix\n", "env.py", "x = 1"));
        assertThat(other).isEqualTo(one);
        assertThat(log).anyMatch(line -> line.startsWith("dependencies unchanged")).noneMatch(line -> line.startsWith("installing"));
        assertThat(install(context("requirements.txt", "six\n"), Map.of("VERSION", "3"))).isEqualTo(one);
    }

    @Test
    void whatAContextBuildsIsItsOwn() throws Exception {
        var one = install(library("vendor/lib", "vendor/lib", "word = 'one'"));
        var other = install(library("vendor/lib", "vendor/lib", "word = 'other'"));
        assertThat(read(one, "lib.py")).isEqualTo("word = 'one'");
        assertThat(read(other, "lib.py")).isEqualTo("word = 'other'");
    }

    @Test
    void pathsWorkHoweverTheyAreSpelled() throws Exception {
        for (var requirement : List.of(".", "-e .", "six\n./", "lib @ file:///srv/environment")) {
            if (!requirement.contains("file:") || workshop.root()) {
                assertThat(read(install(library(requirement, ".", "word = 1")), "lib.py")).as(requirement).isEqualTo("word = 1");
            }
        }
    }

    @Test
    void aProjectsDependenciesAreNoOptions() throws Exception {
        var context = library("", ".", "word = 1");
        Files.delete(context.resolve("requirements.txt"));
        var recipe = new Recipe.Python("env.py", List.of("six", "-e ."), List.of(), false, "");
        var made = environments().forContext(version(Map.of()), context, recipe, log::add);
        assertThat(made).isNotEqualTo(install(context("requirements.txt", "six\n")));
        assertThat(packages(made)).contains("lib.py", "six.py");
    }

    @Test
    void aHostileContextReachesNobodyElsesEnvironmentAndNoCredentials() throws Exception {
        operator.put("PIP_FIND_LINKS", "https://operator:s3cret-of-variables@127.0.0.1:9/links");
        operator.put("PIP_MY_OWN", "s3cret-of-mine");
        operator.put("PIP_RETRIES", "0");
        operator.put("HOME", folder.resolve("operator").toString());
        var settings = Files.createDirectories(folder.resolve("operator/.config/pip")).resolve("pip.conf");
        Files.writeString(settings, "[global]\nextra-index-url = https://s3cret-of-files@127.0.0.1:9/simple\n");
        var context = library("--no-binary lib\n-e .", ".", "word = 1");
        Files.writeString(context.resolve("backend.py"), BACKEND.formatted(SPY));
        var hostile = install(context);
        assumeThat(workshop.root()).isTrue();
        var seen = Files.readString(hostile.folder().resolve("seen"));
        assertThat(seen).contains("PIP_FIND_LINKS").doesNotContain("s3cret");
        assertThat(hostile.folder().resolve("poison.pth")).exists();
        log.forEach(line -> assertThat(line).doesNotContain("s3cret"));
        var clean = install(context("requirements.txt", "six\n"));
        assertThat(clean).isNotEqualTo(hostile);
        try (var files = Files.walk(clean.folder())) {
            assertThat(files).noneMatch(file -> file.endsWith("poison.pth"));
        }
        try (var files = Files.walk(folder.resolve("venvs/cache"))) {
            assertThat(files).noneMatch(file -> file.endsWith("poison.pth"));
        }
    }

    @Test
    void aWheelThatDependsOnAnAddressDoesNotGetItBuiltWhereAllShare() throws Exception {
        var wheels = Files.createDirectories(folder.resolve("wheels"));
        var lib = library("", "lib", "word = 1").resolve("lib");
        Files.writeString(lib.resolve("backend.py"), BACKEND.formatted("open(sys.prefix + '/seen', 'w').write(str(dict(os.environ)))"));
        Files.move(lib, wheels.resolve("lib"));
        carrier(wheels, "lib @ file://" + wheels.resolve("lib"));
        operator.put("PIP_FIND_LINKS", wheels.toString());
        operator.put("PIP_NO_INDEX", "1");
        operator.put("PIP_MY_OWN", "s3cret-of-mine");
        var made = install(context("requirements.txt", "carrier\n"));
        assertThat(log).anyMatch(line -> line.startsWith("not everything can be installed from wheels"));
        assertThat(Files.readString(made.folder().resolve("seen"))).doesNotContain("s3cret", "PIP_CACHE_DIR");
    }

    private static void carrier(Path wheels, String dependency) throws IOException {
        try (var wheel = new ZipOutputStream(Files.newOutputStream(wheels.resolve("carrier-1.0-py3-none-any.whl")))) {
            var files = Map.of(
                    "METADATA", "Metadata-Version: 2.1\nName: carrier\nVersion: 1.0\nRequires-Dist: " + dependency + "\n",
                    "WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n", "RECORD", "");
            for (var file : files.entrySet()) {
                wheel.putNextEntry(new ZipEntry("carrier-1.0.dist-info/" + file.getKey()));
                wheel.write(file.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    void credentialsAreInNoFailure() throws Exception {
        operator.put("PIP_INDEX_URL", "https://operator:s3cret-of-variables@127.0.0.1:9/simple");
        operator.put("PIP_RETRIES", "0");
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> install(context("requirements.txt", "assay-there-is-no-such-package\n")))
                .satisfies(failure -> assertThat(failure.getMessage() + failure.outputTail()).contains("ERROR").doesNotContain("s3cret"));
        assertThat(String.join("\n", log)).doesNotContain("s3cret");
    }

    @Test
    void aBuildThatFailsSaysWhy() throws Exception {
        var context = library("-e .", ".", "word = 1");
        Files.writeString(context.resolve("backend.py"), BACKEND.formatted("raise RuntimeError('no compiler today')"));
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> install(context))
                .withMessage("dependencies cannot be installed: RuntimeError: no compiler today");
    }

    @Test
    void aDeployersOwnIndexIsAskedForThatVersionAlone() throws Exception {
        var elsewhere = Map.of("PIP_NO_INDEX", "1");
        assertThatExceptionOfType(SandboxException.class)
                .isThrownBy(() -> install(context("requirements.txt", "six\n"), elsewhere))
                .withMessageContaining("six");
        assertThat(log).noneMatch(line -> line.startsWith("installing six"));
    }

    @Test
    void theLogTellsStagesAndNotWhatTheInstallerPrints() throws Exception {
        install(context("requirements.txt", "six\n"));
        // what takes longer says so from time to time
        assertThat(log).filteredOn(line -> !line.startsWith("\u2026 ")).hasSizeBetween(2, 4).contains("installing six", "installed 1 packages");
    }

    private VirtualEnvironment install(Path context) throws Exception {
        return install(context, Map.of());
    }

    private VirtualEnvironment install(Path context, Map<String, String> buildArgs) throws Exception {
        return environments().forContext(version(buildArgs), context, OF_ITS_FILE, log::add);
    }

    private VirtualEnvironments environments() {
        return environments(folder.resolve("venvs"));
    }

    private VirtualEnvironments environments(Path venvs) {
        return new VirtualEnvironments(venvs, new Pythons(System.getenv()), operator, workshop);
    }

    private static Source.Context version(Map<String, String> buildArgs) {
        return new Source.Context(UUID.randomUUID().toString(), "x", buildArgs, Network.NONE, () -> {
            throw new IOException("not asked for");
        });
    }

    private Path context(String... namesAndTexts) throws IOException {
        var context = Files.createTempDirectory(folder, "context");
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            Files.writeString(context.resolve(namesAndTexts[i]), namesAndTexts[i + 1]);
        }
        return context;
    }

    private Path library(String requirement, String place, String module) throws IOException {
        var context = context("requirements.txt", requirement + "\n");
        var library = Files.createDirectories(context.resolve(place));
        Files.writeString(
                library.resolve("pyproject.toml"), "[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n");
        Files.writeString(library.resolve("backend.py"), BACKEND.formatted("pass"));
        Files.writeString(library.resolve("lib.py"), module);
        return context;
    }

    private static List<String> packages(VirtualEnvironment made) throws IOException {
        try (var files = Files.list(site(made))) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static String read(VirtualEnvironment made, String module) throws IOException {
        return Files.readString(site(made).resolve(module));
    }

    private static Path site(VirtualEnvironment made) {
        return made.folder().resolve("lib/python3." + made.base().minor() + "/site-packages");
    }
}
