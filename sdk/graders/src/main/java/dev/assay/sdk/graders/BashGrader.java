// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.graders;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.PythonText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Grades by a command: 1 if it exits with 0. It runs in a login shell as the environment's own user, not in the agent's sandbox, and
 * nothing that it leaves running in its process group outlives it.
 *
 * @param directory where it runs; null: where the environment itself does
 * @param limit how long it may take; null: ten minutes
 */
public record BashGrader(String command, @Nullable Path directory, @Nullable Duration limit) {

    private static final String BASH = "/bin/bash";
    private static final Duration DEFAULT_LIMIT = Duration.ofMinutes(10);
    private static final Duration LAST_OUTPUT = Duration.ofMillis(500);

    /** A second for those that listen to TERM, then KILL. */
    private static final String END_GROUP = """
            kill -TERM -- -$0 2>/dev/null || exit 0
            for _ in {1..20}; do kill -0 -- -$0 2>/dev/null || exit 0; sleep 0.05; done
            kill -KILL -- -$0 2>/dev/null""";

    public static BashGrader running(String command) {
        return new BashGrader(command, null, null);
    }

    public BashGrader in(Path newDirectory) {
        return new BashGrader(command, newDirectory, limit);
    }

    public BashGrader within(Duration newLimit) {
        return new BashGrader(command, directory, newLimit);
    }

    /** Runs the command; its output is kept in the subscore's {@code info}. */
    public SubScore grade(double weight) throws IOException, InterruptedException {
        if (!Files.exists(Path.of(BASH)) || directory != null && !Files.exists(directory)) {
            return subscore(weight, 0, info(null, "", BASH + " not found").put("timed_out", false));
        }
        // A session of its own makes it the leader of a process group that can be ended as a whole.
        var process = new ProcessBuilder(List.of("setsid", BASH, "-lc", command))
                .directory(directory == null ? null : directory.toFile())
                .redirectInput(ProcessBuilder.Redirect.INHERIT)
                .start();
        var output = new Output(process.getInputStream());
        var errors = new Output(process.getErrorStream());
        boolean exited = false;
        try {
            var patience = limit == null ? DEFAULT_LIMIT : limit;
            exited = !patience.isZero() && process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            endGroup(process.pid());
        }
        var info = info(exited ? process.exitValue() : null, output.text(), errors.text());
        if (!exited) {
            info.put("timed_out", true).put("timeout", seconds());
        }
        return subscore(weight, exited && process.exitValue() == 0 ? 1 : 0, info);
    }

    private static void endGroup(long leader) throws IOException, InterruptedException {
        new ProcessBuilder(BASH, "-c", END_GROUP, Long.toString(leader))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    private static ObjectNode info(@Nullable Integer exitCode, String stdout, String stderr) {
        return Json.object().put("exit_code", exitCode).put("stdout", stdout).put("stderr", stderr);
    }

    private SubScore subscore(double weight, double value, ObjectNode info) {
        var parameters = Json.object().put("command", command);
        if (directory != null) {
            parameters.put("cwd", directory.toString());
        }
        if (limit != null) {
            parameters.put("timeout_seconds", seconds());
        }
        return new SubScore("BashGrader", weight, value, null, info.set("_parameters", parameters));
    }

    private double seconds() {
        return (limit == null ? DEFAULT_LIMIT : limit).toMillis() / 1000.0;
    }

    /** What a stream says, read as it comes; whoever still holds the other end is not waited for. */
    private static final class Output {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final Thread reader;

        Output(InputStream stream) {
            reader = Thread.ofVirtual().start(() -> {
                try (stream) {
                    stream.transferTo(bytes);
                } catch (IOException _) {
                    // What was read so far counts.
                }
            });
        }

        String text() throws InterruptedException {
            reader.join(LAST_OUTPUT);
            return PythonText.decode(bytes.toByteArray());
        }
    }
}
