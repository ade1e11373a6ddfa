// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import static dev.assay.sdk.runtimes.process.FakePythonContext.ask;
import static org.assertj.core.api.Assertions.assertThat;

import dev.assay.sdk.runtimes.Network;
import dev.assay.sdk.runtimes.Prepared;
import dev.assay.sdk.runtimes.Runtime;
import dev.assay.sdk.runtimes.RuntimeConformance;
import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SessionFiles;
import dev.assay.sdk.runtimes.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** Processes, as every other runtime. */
@DisabledIfEnvironmentVariable(
        named = "ASSAY_TESTS_WITHOUT", matches = ".*(bubblewrap|socat|util-linux).*", disabledReason = "no sandboxes here")
class ProcessConformanceTests extends RuntimeConformance {

    @TempDir
    private static Path folder;

    private static ProcessRuntime runtime;
    private static Prepared prepared;

    @BeforeAll
    static void start() throws Exception {
        runtime = ProcessRuntime.on(folder.resolve("worker"), folder.resolve("venvs"), true, System.getenv());
        assertThat(runtime.openBecause()).isEmpty();
        prepared = FakePythonContext.in(folder);
    }

    @AfterAll
    static void stop() {
        runtime.close();
    }

    @Override
    protected Runtime runtime() {
        return runtime;
    }

    @Override
    protected Prepared prepared() {
        return prepared;
    }

    @Override
    protected boolean keepsSessions() {
        return true;
    }

    @Override
    protected Path door() {
        return runtime.doorOf(Network.NONE);
    }

    @Override
    protected Source foreignSource() {
        return new Source.Image("python");
    }

    @Override
    protected Collection<String> traces() throws IOException {
        try (var folders = Files.list(folder.resolve("worker/sandboxes"))) {
            return Stream.concat(folders.map(Path::toString), processes().stream()).toList();
        }
    }

    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aPlaceThatLeadsElsewhereHoldsNobodyUp() throws Exception {
        for (var made : List.of(
                "os.rename('/runtime', '/tmp/away') or os.mkfifo('/runtime')",
                "os.rename('/runtime', '/tmp/away') or os.symlink('/tmp/away', '/runtime')",
                "os.rename('/runtime/sessions', '/tmp/away') or os.mkfifo('/runtime/sessions')",
                "os.rename('/runtime/sessions', '/tmp/away') or os.symlink('/tmp/away', '/runtime/sessions')")) {
            var sandbox = launch(Map.of());
            ask(sandbox, made);
            try (var files = aFolder()) {
                refuses(() -> sandbox.restore("s", files), made, false);
            }
            refuses(() -> sandbox.close("s"), made, false);
        }
    }

    private static SessionFiles aFolder() throws SandboxException {
        return SessionFiles.taken(folder, files -> {
            files.addFolder("folder");
            return true;
        }).orElseThrow();
    }

    private static List<String> processes() {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains(folder.toString()) && !line.contains(" -akx -- ")) // who measures what it wrote ends by itself
                .toList();
    }
}
