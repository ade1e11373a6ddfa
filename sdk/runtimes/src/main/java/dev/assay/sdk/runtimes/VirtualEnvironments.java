// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The virtual environments of this machine, one for each list of dependencies: a second version with the same list is ready at once. */
final class VirtualEnvironments {

    private static final String READY = ".assay-ready";
    private static final String FAILURE = "dependencies cannot be installed";
    private static final SandboxLimits LIMITS =
            new SandboxLimits(4L << 30, 1024, Duration.ofMinutes(15), Duration.ofMinutes(15));

    private final Path folder;
    private final Supplier<List<PythonInterpreter>> pythons;
    private final Map<String, String> hostEnvironment;
    private final Workshop workshop;

    VirtualEnvironments(Path folder, Supplier<List<PythonInterpreter>> pythons, Map<String, String> hostEnvironment, Workshop workshop) {
        this.folder = folder;
        this.pythons = pythons;
        this.hostEnvironment = hostEnvironment;
        this.workshop = workshop;
    }

    VirtualEnvironment forContext(VersionContext context, Path source, Recipe.Python recipe, Consumer<String> log)
            throws SandboxException, InterruptedException {
        var interpreters = pythons.get();
        var base = interpreters.stream()
                .filter(interpreter -> interpreter.satisfies(recipe.requiresPython()))
                .findFirst()
                .orElseThrow(() -> new SandboxException(interpreters.isEmpty()
                        ? "this worker has no Python 3.11 or 3.12 that can make virtual environments"
                        : "this worker has no Python that satisfies requires-python = \"" + recipe.requiresPython() + "\""));
        try {
            Files.createDirectories(folder);
            var key = key(context, source, recipe, base);
            var made = new VirtualEnvironment(folder.resolve(key), base);
            try (var lock = FolderLock.hold(folder.resolve(key + ".lock"))) {
                if (Files.exists(made.folder().resolve(READY))) {
                    log.accept("dependencies unchanged: virtual environment " + key.substring(0, 12) + " is used again");
                    return made;
                }
                DeleteFolder.now(made.folder());
                try {
                    make(made, context, source, recipe, log);
                    Files.createFile(made.folder().resolve(READY));
                } finally {
                    if (!Files.exists(made.folder().resolve(READY))) {
                        DeleteFolder.now(made.folder());
                    }
                }
            }
            return made;
        } catch (IOException e) {
            throw new SandboxException("the virtual environment cannot be made: " + e.getMessage(), e);
        }
    }

    private void make(VirtualEnvironment made, VersionContext context, Path source, Recipe.Python recipe, Consumer<String> log)
            throws IOException, SandboxException, InterruptedException {
        Files.createDirectories(made.folder());
        log.accept("making a virtual environment with Python 3." + made.base().minor());
        var venv = List.of(made.base().executable().toString(), "-m", "venv", made.folder().toString());
        run(made, context, source, recipe, venv, false, "the virtual environment cannot be made", log);
        log.accept("installing " + String.join(", ", described(recipe)));
        boolean ownIndex = !context.buildArgs().isEmpty();
        try {
            run(made, context, source, recipe, install(made, recipe, true), !ownIndex, FAILURE, log);
        } catch (SandboxException e) {
            log.accept("not everything can be installed from wheels; trying once more, from source where needed");
            run(made, context, source, recipe, install(made, recipe, false), false, FAILURE, log);
        }
        compile(made, context, source, recipe, log);
        if (workshop.root()) {
            SandboxFolder.changeOwner(made.folder(), 0);
        }
    }

    /** The installer would do this on one processor. Sandboxes cannot write here: what is not compiled now, each start would compile. */
    private void compile(VirtualEnvironment made, VersionContext context, Path source, Recipe.Python recipe, Consumer<String> log)
            throws IOException, InterruptedException {
        var processors = Integer.toString(java.lang.Runtime.getRuntime().availableProcessors());
        var base = made.base().executable().toString();
        var libraries = made.folder().resolve("lib").toString();
        try {
            var command = List.of(base, "-m", "compileall", "-qq", "-j", processors, libraries);
            run(made, context, source, recipe, command, false, "compiling", log);
        } catch (SandboxException e) {
            log.accept("not every file can be compiled: " + e.getMessage()); // some may be written for another Python
        }
    }

    /**
     * Wheels are installed without running anything of theirs, so that may use the cache that all share. Building from source runs a
     * stranger's code and must not.
     */
    private static List<String> install(VirtualEnvironment made, Recipe.Python recipe, boolean wheelsOnly) {
        List<String> line = new ArrayList<>(List.of(
                made.python().toString(), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off",
                "--no-compile"));
        if (wheelsOnly) {
            line.addAll(List.of("--only-binary", ":all:"));
        }
        line.addAll(List.of("-r", "../../home/agent/requirements.txt", "-c", "../../home/agent/constraints.txt"));
        if (recipe.requirementsFile()) {
            line.addAll(List.of("-r", "requirements.txt"));
        }
        return line;
    }

    private void run(
            VirtualEnvironment made, VersionContext context, Path source, Recipe.Python recipe, List<String> command, boolean shareCache,
            String what, Consumer<String> log)
            throws IOException, SandboxException, InterruptedException {
        var index = PackageIndex.of(hostEnvironment);
        var sandbox = workshop.newFolder("build-" + context.id());
        var tail = new OutputTail();
        List<String> errors = new ArrayList<>();
        ConfinedProcess process = null;
        try {
            sandbox.copySource(source);
            sandbox.write(SandboxFolder.HOME + "/requirements.txt", String.join("\n", recipe.requirements()) + "\n");
            sandbox.write(SandboxFolder.HOME + "/constraints.txt", String.join("\n", recipe.constraints()) + "\n");
            PackageIndex.copySettings(hostEnvironment, sandbox);
            Map<String, String> variables = new LinkedHashMap<>(index.variables());
            variables.putAll(context.buildArgs());
            variables.put("PIP_ROOT_USER_ACTION", "ignore");
            variables.put("HOME", sandbox.guest(SandboxFolder.HOME));
            variables.put("TMPDIR", sandbox.scratch());
            variables.put("PATH", made.folder().resolve("bin") + ":/usr/local/bin:/usr/bin:/bin");
            List<Path> writable = new ArrayList<>(List.of(made.folder()));
            if (shareCache) {
                var cache = Files.createDirectories(folder.resolve("cache"));
                workshop.handOver(cache, sandbox.user());
                writable.add(cache);
                variables.put("PIP_CACHE_DIR", cache.toString());
            } else {
                variables.put("PIP_NO_CACHE_DIR", "1");
            }
            List<Path> readOnly = new ArrayList<>(index.files());
            readOnly.add(made.base().prefix());
            var start = sandbox.start(variables, command);
            process = workshop.start(sandbox, Network.HOST, LIMITS, start, readOnly, writable, command.getFirst(), line -> {
                tail.add(line);
                if (line.startsWith("ERROR")) {
                    errors.add(line);
                }
                log.accept(line);
            });
            if (!process.waitFor(LIMITS.lifetime())) {
                throw new SandboxException("installing dependencies took longer than " + LIMITS.lifetime().toMinutes() + " minutes",
                        tail.toString());
            }
            if (process.process().exitValue() != 0) {
                var reason = errors.isEmpty() ? tail.last() : errors.getLast();
                throw new SandboxException(what + ": " + reason, tail.toString());
            }
        } finally {
            workshop.close(sandbox, process);
        }
    }

    private static List<String> described(Recipe.Python recipe) {
        List<String> described = new ArrayList<>(recipe.requirements());
        if (recipe.requirementsFile()) {
            described.add("requirements.txt");
        }
        return described;
    }

    private static String key(VersionContext context, Path source, Recipe.Python recipe, PythonInterpreter base) throws IOException {
        List<String> parts = new ArrayList<>(List.of(base.executable().toString(), Integer.toString(base.minor())));
        parts.addAll(recipe.requirements());
        parts.add("constraints");
        parts.addAll(recipe.constraints());
        new TreeMap<>(context.buildArgs()).forEach((name, value) -> parts.add(name + "=" + value));
        List<String> lines = new ArrayList<>(recipe.requirements());
        var requirements = source.resolve("requirements.txt");
        if (Files.isRegularFile(requirements, LinkOption.NOFOLLOW_LINKS)) {
            lines.addAll(Files.readAllLines(requirements));
            parts.add("requirements.txt");
            parts.addAll(lines);
        }
        if (lines.stream().anyMatch(VirtualEnvironments::dependsOnFiles)) {
            parts.add(context.id());
        }
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(String.join("\0", parts).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, 32);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Such a line means something else in each context. */
    private static boolean dependsOnFiles(String line) {
        var text = line.strip();
        return text.startsWith("-") || text.startsWith(".") || text.startsWith("/") || text.contains("file:") || text.endsWith(".whl")
                || text.endsWith(".tar.gz");
    }
}
