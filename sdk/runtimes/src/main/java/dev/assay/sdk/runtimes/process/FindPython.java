// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Looks for Pythons 3.11 and 3.12 that can make virtual environments: what the operator names, the PATH, the usual places. */
final class FindPython {

    private static final String PROBE =
            "import sys, venv, ensurepip; print(sys.version_info[0], sys.version_info[1], sys.executable, sys.base_prefix, sep='\\n')";

    private FindPython() {}

    static List<PythonInterpreter> on(Map<String, String> environment) {
        List<PythonInterpreter> found = new ArrayList<>();
        for (var candidate : candidates(environment)) {
            if (found.size() == 2) {
                return found;
            }
            var interpreter = Files.isExecutable(candidate) ? probe(candidate) : null;
            if (interpreter != null && found.stream().noneMatch(known -> known.minor() == interpreter.minor())) {
                found.add(interpreter);
            }
        }
        return found;
    }

    private static Set<Path> candidates(Map<String, String> environment) {
        Set<Path> candidates = new LinkedHashSet<>();
        var named = environment.get("ASSAY_PYTHON");
        if (named != null && !named.isBlank()) {
            candidates.add(Path.of(named));
        }
        var folders = new ArrayList<>(List.of(environment.getOrDefault("PATH", "").split(":")));
        folders.addAll(List.of("/usr/local/bin", "/usr/bin", "/opt/homebrew/bin"));
        var home = environment.get("HOME");
        if (home != null) {
            addVersions(folders, Path.of(home, ".pyenv/versions"));
            addVersions(folders, Path.of(home, ".local/share/uv/python"));
        }
        for (var name : List.of("python3.12", "python3.11", "python3")) {
            for (var folder : folders) {
                if (!folder.isBlank()) {
                    candidates.add(Path.of(folder, name));
                }
            }
        }
        return candidates;
    }

    private static void addVersions(List<String> folders, Path versions) {
        try (var list = Files.list(versions)) {
            list.map(version -> version.resolve("bin").toString()).sorted().forEach(folders::add);
        } catch (IOException e) {
            // no such folder: nothing to look at
        }
    }

    private static @Nullable PythonInterpreter probe(Path candidate) {
        Process process = null;
        try {
            process = new ProcessBuilder(candidate.toString(), "-I", "-c", PROBE)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(10, TimeUnit.SECONDS) || process.exitValue() != 0) {
                return null;
            }
            var lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
            int minor = Integer.parseInt(lines.get(1));
            boolean fits = lines.get(0).equals("3") && (minor == 11 || minor == 12);
            return fits ? new PythonInterpreter(Path.of(lines.get(2)).toRealPath(), Path.of(lines.get(3)).toRealPath(), minor) : null;
        } catch (IOException | RuntimeException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
        }
    }
}
