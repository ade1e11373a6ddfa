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
import java.util.regex.Pattern;
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

    /**
     * Runs the command as the leader of a process group (a job of its own, which needs no other program), waits until it ends or this shell
     * is told that the time is over, and ends what is left of the group: a second for those that listen to TERM, then KILL. Then it writes
     * how the command ended. A shell says 137 of a command that was killed as of one that exited with 137; only its own report, which goes
     * to the same file, tells them apart: it names the signal, or "Exit" and "Done".
     */
    private static final String LEAD = """
            exec 3>&2 2>"$1"
            set -m
            %s -lc "$0" <&0 2>&3 3>&- & group=$!
            exec 3>&- >/dev/null
            LC_ALL=C
            trap 'late=1' TERM
            wait $group
            status=$?
            kill -TERM -- -$group && for _ in {1..20}; do kill -0 -- -$group || break; sleep 0.05; done && kill -KILL -- -$group
            echo "${late+late }status $status" >&2""".formatted(BASH);

    private static final Pattern STATUS = Pattern.compile("^(late )?status (\\d+)$", Pattern.MULTILINE);
    private static final Pattern EXITED = Pattern.compile("^\\[\\d+\\]. +(Exit|Done) ", Pattern.MULTILINE);
    private static final Pattern REPORTED = Pattern.compile(" (?=%s -lc )".formatted(BASH));

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
        var report = Files.createTempFile("grader", ".report");
        try {
            return grade(weight, report);
        } finally {
            Files.deleteIfExists(report);
        }
    }

    private SubScore grade(double weight, Path report) throws IOException, InterruptedException {
        var process = new ProcessBuilder(List.of(BASH, "-c", LEAD, command, report.toString()))
                .directory(directory == null ? null : directory.toFile())
                .redirectInput(ProcessBuilder.Redirect.INHERIT)
                .start();
        var output = new Output(process.getInputStream());
        var errors = new Output(process.getErrorStream());
        boolean ended = false;
        try {
            var patience = limit == null ? DEFAULT_LIMIT : limit;
            ended = !patience.isZero() && process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            if (!ended) {
                process.destroy();
            }
        }
        process.waitFor();
        var exitCode = exitCode(Files.readString(report));
        var info = info(exitCode, output.text(), errors.text());
        if (exitCode == null) {
            info.put("timed_out", true).put("timeout", seconds());
        }
        return subscore(weight, exitCode != null && exitCode == 0 ? 1 : 0, info);
    }

    /** A signal's number is negative; null if the time was over before. */
    private static @Nullable Integer exitCode(String report) throws IOException {
        var status = STATUS.matcher(report);
        if (!status.find()) {
            throw new IOException("the shell that leads the command said nothing of its end");
        }
        if (status.group(1) != null) {
            return null;
        }
        int code = Integer.parseInt(status.group(2));
        return code > 128 && REPORTED.matcher(report).find() && !EXITED.matcher(report).find() ? 128 - code : code;
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
