// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.Source;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The virtual environments of this machine. Versions share one if both list the same plain requirements and all came as wheels: then no
 * context's code could have written to it. In every other case a version has one of its own.
 */
final class VirtualEnvironments {

    private final Path folder;
    private final Supplier<List<PythonInterpreter>> pythons;
    private final InstallDependencies install;

    VirtualEnvironments(Path folder, Supplier<List<PythonInterpreter>> pythons, Map<String, String> hostEnvironment, Workshop workshop) {
        this.folder = folder;
        this.pythons = pythons;
        this.install = new InstallDependencies(workshop, hostEnvironment, folder.resolve("cache"));
    }

    VirtualEnvironment forContext(Source.Context context, Path source, Recipe.Python recipe, Consumer<String> log)
            throws SandboxException, InterruptedException {
        var base = base(recipe.requiresPython());
        try {
            var dependencies = Dependencies.of(recipe, source);
            var own = at(base, List.of("version", context.id()));
            boolean ownIndex = PackageIndex.isSteeredBy(context.buildArgs());
            boolean plainTried = false;
            if (dependencies.allPlain() && !ownIndex && !isReady(own)) {
                List<String> key = new ArrayList<>(dependencies.plain());
                key.add("constraints");
                key.addAll(recipe.constraints());
                try {
                    var shared = ready(at(base, key), log, made -> {
                        install.create(made, pattern(base, log), log);
                        install.plain(made, dependencies, recipe.constraints(), log);
                    });
                    if (!context.buildArgs().isEmpty()) {
                        log.accept("not used: build arguments " + String.join(", ", context.buildArgs().keySet())
                                + " (all dependencies come as wheels, none is built)");
                    }
                    return shared;
                } catch (SandboxException e) {
                    log.accept("not everything can be installed from wheels (" + e.getMessage() + ");"
                            + " trying once more, for this version alone, from source where needed");
                    plainTried = true;
                }
            }
            boolean plainFirst = !plainTried && !ownIndex && !dependencies.steered() && !dependencies.plain().isEmpty();
            return ready(own, log, made -> {
                install.create(made, pattern(base, log), log);
                if (plainFirst) {
                    tryPlain(made, dependencies, recipe, log);
                }
                install.everything(made, context, source, recipe, dependencies, log);
            });
        } catch (IOException e) {
            throw SandboxException.ofHost("the virtual environment cannot be made: " + e.getMessage(), e);
        }
    }

    /** What all of this interpreter are copies of, made at its first use. */
    VirtualEnvironment pattern(PythonInterpreter base, Consumer<String> log)
            throws IOException, SandboxException, InterruptedException {
        var pattern = at(base, List.of("pattern"));
        return isUsed(pattern) ? pattern : ready(pattern, line -> {}, made -> install.createPattern(made, log));
    }

    private PythonInterpreter base(String requiresPython) throws SandboxException {
        var interpreters = pythons.get();
        return interpreters.stream()
                .filter(interpreter -> interpreter.satisfies(requiresPython))
                .findFirst()
                .orElseThrow(() -> interpreters.isEmpty()
                        ? SandboxException.ofHost("this worker has no Python 3.11 or 3.12 that can make virtual environments", null)
                        : new SandboxException("this worker has no Python that satisfies requires-python = \"" + requiresPython + "\""));
    }

    /** What can be had as wheels comes with the machine's index and cache, which the version's own code does not get. */
    private void tryPlain(VirtualEnvironment made, Dependencies dependencies, Recipe.Python recipe, Consumer<String> log)
            throws IOException, InterruptedException {
        try {
            install.plain(made, dependencies, recipe.constraints(), log);
        } catch (SandboxException e) {
            log.accept("not all of it comes as wheels: " + e.getMessage());
        }
    }

    private interface Steps {
        void make(VirtualEnvironment made) throws IOException, SandboxException, InterruptedException;
    }

    private VirtualEnvironment ready(VirtualEnvironment made, Consumer<String> log, Steps steps)
            throws IOException, SandboxException, InterruptedException {
        Files.createDirectories(folder);
        try (var lock = FolderLock.hold(beside(made, FolderLock.ENDING))) {
            if (isReady(made)) {
                log.accept("dependencies unchanged: virtual environment " + name(made).substring(0, 12) + " is used again");
                return made;
            }
            Files.deleteIfExists(beside(made, ".ready"));
            DeleteFolder.now(made.folder());
            try {
                steps.make(made);
                install.compile(made, log);
                install.seal(made);
                Files.createFile(beside(made, ".ready"));
            } finally {
                if (!isReady(made)) {
                    DeleteFolder.now(made.folder());
                }
            }
        }
        return made;
    }

    /** Notes that it is. False if it is not there any more. */
    boolean isUsed(VirtualEnvironment made) {
        return FolderLock.touch(beside(made, FolderLock.ENDING)) && isReady(made);
    }

    /** Clears away what nobody has used since then, whoever made it: other workers of this machine may share the folder. */
    void clearUnused(Instant before) throws IOException, InterruptedException {
        FolderLock.clearUnused(
                folder, before, name -> DeleteFolder.now(folder.resolve(name + ".ready")) && DeleteFolder.now(folder.resolve(name)));
    }

    /** The mark lies beside the folder: what is in it, others have written. */
    private boolean isReady(VirtualEnvironment made) {
        return Files.exists(beside(made, ".ready")) && Files.isDirectory(made.folder());
    }

    private Path beside(VirtualEnvironment made, String ending) {
        return folder.resolve(name(made) + ending);
    }

    private static String name(VirtualEnvironment made) {
        return made.folder().getFileName().toString();
    }

    private VirtualEnvironment at(PythonInterpreter base, List<String> key) {
        List<String> parts = new ArrayList<>(List.of(base.executable().toString(), Integer.toString(base.minor())));
        parts.addAll(key);
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(String.join("\0", parts).getBytes(StandardCharsets.UTF_8));
            return new VirtualEnvironment(folder.resolve(HexFormat.of().formatHex(digest).substring(0, 32)), base);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
