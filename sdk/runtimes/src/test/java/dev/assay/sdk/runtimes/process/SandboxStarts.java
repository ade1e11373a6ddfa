// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import static dev.assay.sdk.runtimes.process.FakePythonContext.ask;
import static dev.assay.sdk.runtimes.process.FakePythonContext.spec;

import dev.assay.sdk.runtimes.SandboxLimits;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/**
 * Measures how long a sandbox takes from its launch to its first answer, alone and sixteen at once; the environment is thirty lines of
 * Python. Run its {@code main} with the class path of this module's tests; it prints milliseconds.
 */
final class SandboxStarts {

    private static final int ROUNDS = 20;
    private static final int AT_ONCE = 16;

    private SandboxStarts() {}

    public static void main(String[] args) throws Exception {
        var folder = Files.createTempDirectory("starts");
        try (var runtime = ProcessRuntime.on(folder.resolve("worker"), folder.resolve("venvs"), true, System.getenv());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var version = FakePythonContext.in(folder);
            Callable<Double> start = () -> {
                long begun = System.nanoTime();
                try (var sandbox = runtime.launch(spec(version, SandboxLimits.DEFAULTS, Map.of()))) {
                    ask(sandbox, "1");
                    return (System.nanoTime() - begun) / 1e6;
                }
            };
            start.call();
            List<Double> alone = new ArrayList<>();
            List<Double> together = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                alone.add(start.call());
            }
            for (int round = 0; round < ROUNDS / 4; round++) {
                for (var one : threads.invokeAll(Collections.nCopies(AT_ONCE, start))) {
                    together.add(one.get());
                }
            }
            System.out.println(runtime.description());
            tell("alone", alone);
            tell(AT_ONCE + " at once", together);
        } finally {
            DeleteFolder.now(folder);
        }
    }

    private static void tell(String what, List<Double> times) {
        var sorted = times.stream().sorted().toList();
        var median = sorted.get(sorted.size() / 2);
        System.out.printf("%s: median %.1f, fastest %.1f, slowest %.1f%n", what, median, sorted.getFirst(), sorted.getLast());
    }
}
