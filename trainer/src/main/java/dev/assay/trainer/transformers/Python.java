// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.transformers;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The Python that computes, and what it runs. Nothing that this process was told in confidence reaches it, and it downloads nothing. */
final class Python {

    private static final List<String> FILES =
            List.of("__main__.py", "chat.py", "model.py", "refused.py", "sampling.py", "session.py", "worker.py");

    /** What of this process's environment it gets. Secrets are in none of these. */
    private static final List<String> PASSED =
            List.of("PATH", "LD_LIBRARY_PATH", "OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES", "CUDA_HOME", "TMPDIR", "LANG", "LC_ALL");

    private static final Map<String, String> ADDED = Map.of(
            "HF_HUB_OFFLINE", "1", "TRANSFORMERS_OFFLINE", "1", "HF_HUB_DISABLE_TELEMETRY", "1", "TRANSFORMERS_VERBOSITY", "error",
            "TOKENIZERS_PARALLELISM", "false", "OMP_WAIT_POLICY", "PASSIVE", "HF_HUB_DISABLE_PROGRESS_BARS", "1",
            "CUBLAS_WORKSPACE_CONFIG", ":4096:8"); // sums in the same order

    private static final long MOST_SECONDS = 120;

    private final String python;
    private final Path folder;

    /** @param folder to write into what it runs */
    Python(String python, Path folder) throws IOException {
        this.python = python;
        this.folder = Files.createDirectories(folder.toAbsolutePath());
        for (var file : FILES) {
            try (var from = resource(file)) {
                Files.copy(from, folder.resolve(file), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static InputStream resource(String file) {
        return Objects.requireNonNull(Python.class.getResourceAsStream("/transformers/" + file), file);
    }

    /**
     * Why it cannot do its work, for people; null: it can.
     *
     * @param packages what that takes, with commas
     */
    @Nullable String unfitBecause(String packages) throws IOException {
        var builder = builder(python, "-I", "-c", "import " + packages).redirectErrorStream(true);
        Process trial;
        try {
            trial = builder.start();
        } catch (IOException e) {
            return "there is no Python '" + python + "' (assay.trainer.transformers.python)";
        }
        try {
            trial.getOutputStream().close();
            var said = new String(trial.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (trial.waitFor(MOST_SECONDS, TimeUnit.SECONDS) && trial.exitValue() == 0) {
                return null;
            }
            return python + " cannot do it: " + said.substring(said.lastIndexOf('\n') + 1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return python + " was not tried to the end";
        } finally {
            trial.destroyForcibly();
        }
    }

    /** Of a process that answers frames. */
    ProcessBuilder command() {
        return builder(python, "-I", "-W", "ignore::FutureWarning", folder.toString());
    }

    private static ProcessBuilder builder(String... command) {
        var builder = new ProcessBuilder(command);
        var environment = builder.environment();
        environment.keySet().retainAll(PASSED);
        environment.putAll(ADDED);
        return builder;
    }
}
