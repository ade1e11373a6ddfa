// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.graders;

import dev.assay.sdk.protocol.Json;
import dev.assay.sdk.protocol.PythonText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Grades by a command: 1 if it exits with 0. It runs in a login shell as the environment's own user, not in the agent's sandbox, and
 * nothing that it leaves running in its process group outlives it.
 *
 * @param directory where it runs; null: where the environment itself does
 * @param limit how long it may take; null: ten minutes
 * @param variables exactly what the command is told, beside a home of its own, which is empty and goes with it; null: all that the
 *     environment itself is told, its home too
 */
public record BashGrader(
        String command, @Nullable Path directory, @Nullable Duration limit, @Nullable Map<String, String> variables) {

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
            end() {
                kill -TERM -- -$! || return
                for _ in {1..20}; do kill -0 -- -$! || return; sleep 0.05; done
                kill -KILL -- -$!
            }
            exec 3>&2 2>"$1"
            set -m
            trap 'late=1; end' TERM
            %s -lc "$2" <&0 2>&3 3>&- &
            exec 3>&- >/dev/null
            LC_ALL=C
            wait $!
            status=$?
            end
            echo "${late+late }status $status" >&2""".formatted(BASH);

    private static final Pattern STATUS = Pattern.compile("(?:^|\n)(late )?status (\\d+)\n$");
    private static final Pattern EXITED = Pattern.compile("^\\[\\d+\\]. +(Exit|Done) ", Pattern.MULTILINE);
    private static final Pattern REPORTED = Pattern.compile(" (?=%s -lc )".formatted(BASH));

    public static BashGrader running(String command) {
        return new BashGrader(command, null, null, null);
    }

    public BashGrader in(Path newDirectory) {
        return new BashGrader(command, newDirectory, limit, variables);
    }

    public BashGrader within(Duration newLimit) {
        return new BashGrader(command, directory, newLimit, variables);
    }

    /** Where whoever is graded may have written into the environment's home, or must not see what the environment is told. */
    public BashGrader with(Map<String, String> newVariables) {
        return new BashGrader(command, directory, limit, Map.copyOf(newVariables));
    }

    /** Runs the command; its output is kept in the subscore's {@code info}. */
    public SubScore grade(double weight) throws IOException, InterruptedException {
        if (!Files.exists(Path.of(BASH)) || directory != null && !Files.exists(directory)) {
            return subscore(weight, 0, info(null, "", BASH + " not found").put("timed_out", false));
        }
        var report = Files.createTempFile("grader", ".report");
        var home = variables == null ? null : Files.createTempDirectory("grader-home");
        try {
            return grade(weight, report, home);
        } finally {
            Files.deleteIfExists(report);
            delete(home);
        }
    }

    private SubScore grade(double weight, Path report, @Nullable Path home) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(List.of(BASH, "-c", LEAD, "grader", report.toString(), command))
                .directory(directory == null ? null : directory.toFile())
                .redirectInput(ProcessBuilder.Redirect.INHERIT);
        if (variables != null && home != null) {
            builder.environment().clear();
            builder.environment().putAll(variables);
            builder.environment().put("HOME", home.toString());
        }
        var process = builder.start();
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
        var exitCode = exitCode(Files.readString(report), ended);
        var info = info(exitCode, output.text(), errors.text());
        if (exitCode == null) {
            info.put("timed_out", true).set("timeout", seconds());
        }
        return subscore(weight, exitCode != null && exitCode == 0 ? 1 : 0, info);
    }

    private static void delete(@Nullable Path home) {
        if (home != null) {
            try (var left = Files.walk(home)) {
                for (var file : left.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException | UncheckedIOException locked) {
                // what the command locked stays behind: no reason to lose its grade
            }
        }
    }

    /** A signal's number is negative; null if the time was over before. */
    private static @Nullable Integer exitCode(String report, boolean ended) throws IOException {
        var status = STATUS.matcher(report);
        if (!status.find()) {
            if (!ended) {
                return null; // told to end before it had begun
            }
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
            parameters.set("timeout_seconds", seconds());
        }
        return new SubScore("BashGrader", weight, value, null, info.set("_parameters", parameters));
    }

    /** Whole seconds as a whole number, as a Python author writes them. */
    private JsonNode seconds() {
        var time = limit == null ? DEFAULT_LIMIT : limit;
        return time.toMillisPart() == 0
                ? JsonNodeFactory.instance.numberNode(time.toSeconds())
                : JsonNodeFactory.instance.numberNode(time.toMillis() / 1000.0);
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
