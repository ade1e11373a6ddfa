// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLimits;
import dev.assay.sdk.runtimes.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The steps of an installation, each in a sandbox. There are two kinds. Trusted steps run no line of a context's code: they begin in an
 * empty folder, isolated ({@code -I}) from whatever lies about, and see no file of the context. So they may use the machine's network,
 * its operator's index with its credentials, and a cache that all share. The other kind builds from source, which is running it.
 */
final class InstallDependencies {

    /** All trusted steps are the same user, who owns the cache; just below the users of sandboxes. */
    private static final int INSTALLER = Workshop.FIRST_USER - Workshop.USERS;

    private static final String SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin";
    private static final int MOST_NAMED = 20;
    private static final String REQUIREMENTS = "requirements.txt";
    private static final String CONSTRAINTS = "constraints.txt";
    private static final String NOT_MADE = "the virtual environment cannot be made";
    private static final String FAILURE = "dependencies cannot be installed";

    /** Beyond this the cache is begun anew; what is used comes back by itself. */
    private static final long LARGEST_CACHE = 10L << 30;

    private static final SandboxLimits LIMITS = SandboxLimits.DEFAULTS
            .withMemoryBytes(4L << 30).withProcesses(1024).withDiskBytes(30L << 30).withLifetime(Duration.ofMinutes(15));

    /**
     * A wheel may depend on an address, and what lies there is built although only wheels are allowed. To build it, the installer would
     * have to start a program: so it cannot, and fails. (What it asks other programs of the machine for, it can do without.)
     */
    private static final String WITHOUT_OTHER_PROGRAMS = """
            import runpy, sys
            STARTS = {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "os.spawn"}
            def refuse(event, _):
                if event in STARTS:
                    raise PermissionError("nothing is built here")
            sys.addaudithook(refuse)
            sys.argv[0] = "pip"
            runpy.run_module("pip", run_name="__main__", alter_sys=True)
            """;

    /** A file's time is copied with it: what is compiled stays so. */
    private static final String COPY = """
            import pathlib, shutil, sys, venv
            pattern, made = sys.argv[1:]
            venv.create(made, symlinks=True)
            shutil.copytree(pattern + "/lib", made + "/lib", symlinks=True, dirs_exist_ok=True)
            for script in pathlib.Path(pattern, "bin").glob("pip*"):
                copy = pathlib.Path(made, "bin", script.name)
                copy.write_text(script.read_text().replace(pattern, made))
                copy.chmod(0o755)
            """;

    private final Workshop workshop;
    private final Map<String, String> hostEnvironment;
    private final Path cache;

    InstallDependencies(Workshop workshop, Map<String, String> hostEnvironment, Path cache) {
        this.workshop = workshop;
        this.hostEnvironment = hostEnvironment;
        this.cache = cache;
    }

    /**
     * One command in a sandbox of its own.
     *
     * @param what a failure is called
     * @param files written to HOME, line by line
     * @param source the context, copied into the working folder; null for trusted steps, whose working folder is empty
     */
    private record Step(
            String what, Network network, String path, Map<String, String> variables, Map<String, List<String>> files,
            @Nullable Path source, List<Path> readOnly, List<Path> writable) {

        static Step trusted(String what, VirtualEnvironment made) {
            return new Step(what, Network.NONE, SYSTEM_PATH, Map.of(), Map.of(), null, List.of(), List.of(made.folder()));
        }
    }

    /**
     * What every empty environment of this interpreter is a copy of: with the newest installer that the index has, since the one that a
     * distribution's Python brings may be years old, and takes three times as long. Trusted.
     */
    void createPattern(VirtualEnvironment made, Consumer<String> log) throws IOException, SandboxException, InterruptedException {
        createByItsPython(made, log);
        try {
            var sandbox = installersFolder();
            run(sandbox, made, fromIndex(made, Map.of(REQUIREMENTS, List.of("pip"), CONSTRAINTS, List.of())),
                    pip(sandbox, made, List.of("-m", "pip"), "--only-binary", ":all:", "--upgrade"), output(line -> {}));
        } catch (SandboxException e) {
            log.accept("Python's own installer stays, as no newer one can be had: " + e.getMessage());
            DeleteFolder.now(made.folder()); // half of the new one may be there
            createByItsPython(made, log);
        }
    }

    private void createByItsPython(VirtualEnvironment made, Consumer<String> log) throws IOException, SandboxException, InterruptedException {
        Files.createDirectories(made.folder());
        var command = List.of(made.base().executable().toString(), "-I", "-m", "venv", made.folder().toString());
        run(installersFolder(), made, Step.trusted(NOT_MADE, made), command, output(log));
    }

    /** An empty environment. Trusted. */
    void create(VirtualEnvironment made, VirtualEnvironment pattern, Consumer<String> log)
            throws IOException, SandboxException, InterruptedException {
        Files.createDirectories(made.folder());
        log.accept("making a virtual environment with Python 3." + made.base().minor());
        var step = new Step(NOT_MADE, Network.NONE, SYSTEM_PATH, Map.of(), Map.of(), null, List.of(pattern.folder()), List.of(made.folder()));
        var command = List.of(
                made.base().executable().toString(), "-I", "-c", COPY, pattern.folder().toString(), made.folder().toString());
        run(installersFolder(), made, step, command, output(log));
    }

    /** The plain requirements, from wheels. Trusted: installing a wheel runs nothing of it, and nothing else is installed. */
    void plain(VirtualEnvironment made, Dependencies dependencies, List<String> constraints, Consumer<String> log)
            throws IOException, SandboxException, InterruptedException {
        log.accept("installing " + named(dependencies.plain()));
        var step = fromIndex(made, Map.of(REQUIREMENTS, dependencies.plain(), CONSTRAINTS, constraints));
        var sandbox = installersFolder();
        run(sandbox, made, step, pip(sandbox, made, List.of("-c", WITHOUT_OTHER_PROGRAMS), "--only-binary", ":all:"), output(log));
    }

    /** With the operator's index and the cache that all share. */
    private Step fromIndex(VirtualEnvironment made, Map<String, List<String>> files) throws IOException, InterruptedException {
        var index = PackageIndex.of(hostEnvironment);
        Map<String, String> variables = new LinkedHashMap<>(index.variables());
        beginAnewIfLarge(cache);
        variables.put("PIP_CACHE_DIR", Files.createDirectories(cache).toString());
        return new Step(FAILURE, Network.HOST, SYSTEM_PATH, variables, files, null, index.files(), List.of(made.folder(), cache));
    }

    /**
     * All that the context asks for, as it asks for it. That may run the context's code, and code of whoever it names: it sees no
     * credentials of the operator's and no cache, and writes to nothing but this version's environment.
     */
    void everything(
            VirtualEnvironment made, Source.Context context, Path source, Recipe.Python recipe, Dependencies dependencies,
            Consumer<String> log)
            throws IOException, SandboxException, InterruptedException {
        var lines = dependencies.allPlain() ? dependencies.plain() : dependencies.others();
        var index = PackageIndex.of(hostEnvironment).forStrangers();
        log.accept("installing for this version alone: " + index.masked(named(lines)));
        Map<String, String> variables = new LinkedHashMap<>(index.variables());
        variables.putAll(context.buildArgs());
        variables.put("PIP_NO_CACHE_DIR", "1");
        var files = Map.of(REQUIREMENTS, recipe.requirements(), CONSTRAINTS, recipe.constraints());
        var path = made.folder().resolve("bin") + ":" + SYSTEM_PATH;
        var step = new Step(FAILURE, context.network(), path, variables, files, source, index.files(), List.of(made.folder()));
        var sandbox = workshop.newFolder("build-" + context.id());
        var command = recipe.requirementsFile()
                ? pip(sandbox, made, List.of("-m", "pip"), "-r", "requirements.txt")
                : pip(sandbox, made, List.of("-m", "pip"));
        run(sandbox, made, step, command, new InstallerOutput(index, log));
    }

    /**
     * The installer would do this on one processor. Sandboxes cannot write here: what is not compiled now, each start would compile.
     * Compiling reads the code and does not run it. Trusted.
     */
    void compile(VirtualEnvironment made, Consumer<String> log) throws IOException, InterruptedException {
        var processors = Integer.toString(java.lang.Runtime.getRuntime().availableProcessors());
        var base = made.base().executable().toString();
        var command = List.of(base, "-I", "-m", "compileall", "-qq", "-j", processors, made.folder().resolve("lib").toString());
        try {
            run(installersFolder(), made, Step.trusted("compiling", made), command, output(log));
        } catch (SandboxException e) {
            log.accept("not every file can be compiled: " + e.getMessage()); // some may be written for another Python
        }
    }

    /** Moved away first: another worker's installation may be reading it. */
    private static void beginAnewIfLarge(Path cache) throws IOException, InterruptedException {
        if (Files.isDirectory(cache) && isLarge(cache)) {
            DeleteFolder.now(Files.move(cache, cache.resolveSibling("cache-" + System.nanoTime())));
        }
    }

    private static boolean isLarge(Path cache) throws IOException, InterruptedException {
        try {
            return FolderSize.measured().of(cache) > LARGEST_CACHE;
        } catch (FolderSize.Immeasurable e) {
            return true; // and would end every installation that uses it
        }
    }

    /** From now on no sandbox may write here: it belongs to the worker, and is mounted read-only. */
    void seal(VirtualEnvironment made) throws IOException {
        if (workshop.root()) {
            SandboxFolder.changeOwner(made.folder(), 0);
        }
    }

    private SandboxFolder installersFolder() throws IOException {
        var made = workshop.newFolder("install");
        return workshop.root() ? made.ownedBy(INSTALLER) : made;
    }

    private InstallerOutput output(Consumer<String> log) {
        return new InstallerOutput(PackageIndex.of(hostEnvironment), log);
    }

    private static String named(List<String> lines) {
        var named = String.join(", ", lines.subList(0, Math.min(MOST_NAMED, lines.size())));
        return lines.size() > MOST_NAMED ? named + " and " + (lines.size() - MOST_NAMED) + " more" : named;
    }

    private static List<String> pip(SandboxFolder sandbox, VirtualEnvironment made, List<String> program, String... more) {
        var home = sandbox.guest(SandboxFolder.HOME);
        List<String> line = new ArrayList<>(List.of(made.python().toString(), "-I"));
        line.addAll(program);
        line.addAll(List.of(
                "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off",
                "--no-compile", "-r", home + "/" + REQUIREMENTS, "-c", home + "/" + CONSTRAINTS));
        line.addAll(List.of(more));
        return line;
    }

    private void run(SandboxFolder sandbox, VirtualEnvironment made, Step step, List<String> command, InstallerOutput output)
            throws IOException, SandboxException, InterruptedException {
        ConfinedProcess process = null;
        try {
            if (step.source() != null) {
                sandbox.copySource(step.source());
            }
            for (var file : step.files().entrySet()) {
                sandbox.write(SandboxFolder.HOME + "/" + file.getKey(), String.join("\n", file.getValue()) + "\n");
            }
            Map<String, String> variables = new LinkedHashMap<>(step.variables());
            variables.putAll(workshop.variables(step.network()));
            variables.put("PIP_ROOT_USER_ACTION", "ignore");
            variables.put("HOME", sandbox.guest(SandboxFolder.HOME));
            variables.put("TMPDIR", sandbox.scratch());
            variables.put("PATH", step.path());
            SandboxFolder.PLACE.forEach(variables::putIfAbsent);
            List<Path> visible = new ArrayList<>(step.readOnly());
            visible.add(made.base().prefix());
            process = workshop.start(
                    sandbox, step.network(), LIMITS, sandbox.start(variables, command), visible, step.writable(), command.getFirst(),
                    output);
            if (!process.waitFor(LIMITS.lifetime())) {
                throw new SandboxException(
                        step.what() + ": it took longer than " + LIMITS.lifetime().toMinutes() + " minutes", output.tail());
            }
            var ended = process.endedBecause();
            if (ended != null || process.onExit().join() != 0) {
                throw new SandboxException(step.what() + ": " + (ended == null ? output.reason() : ended), output.tail());
            }
        } finally {
            workshop.close(sandbox, process);
        }
    }
}
