// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process of a test's own: started, listened to, signalled, and never left behind. */
final class Running implements AutoCloseable {

    private final Process process;
    private final StringBuffer stdout = new StringBuffer();
    private final StringBuffer stderr = new StringBuffer();
    private final List<Thread> readers;

    private Running(Process process) {
        this.process = process;
        // threads of the system: they wait in a pipe all the time
        readers = List.of(
                Thread.ofPlatform().daemon().start(() -> read(process.getInputStream(), stdout)),
                Thread.ofPlatform().daemon().start(() -> read(process.getErrorStream(), stderr)));
    }

    /** Starts a command with no input and exactly these variables beside PATH. */
    static Running start(Path folder, Map<String, String> variables, List<String> command) {
        try {
            var builder = builder(folder, variables, command);
            return new Running(builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile())).start());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static ProcessBuilder builder(Path folder, Map<String, String> variables, List<String> command) {
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        var kept = builder.environment().getOrDefault("PATH", "/usr/bin:/bin");
        // Package clients need to know how this machine reaches its index and whom it trusts; nothing else is inherited.
        builder.environment().keySet().removeIf(name -> !name.matches(
                "LANG|LC_ALL|TZ|.*_proxy|.*_PROXY|PIP_.*|SSL_CERT.*|REQUESTS_CA_BUNDLE|NODE_EXTRA_CA_CERTS|(?i:npm_config_.*)"));
        builder.environment().put("PATH", kept);
        builder.environment().putAll(variables);
        return builder;
    }

    /** Waits for a line of standard output or standard error that holds the pattern. */
    Matcher waitFor(String pattern, Duration patience) {
        var compiled = Pattern.compile(pattern);
        await().atMost(patience).pollInterval(Duration.ofMillis(50)).until(() -> !process.isAlive() || compiled.matcher(text()).find());
        var matcher = compiled.matcher(text());
        if (!matcher.find()) {
            throw new AssertionError("no line like " + pattern + " in: " + text());
        }
        return matcher;
    }

    Finished finish(Duration patience) {
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                close();
                throw new AssertionError("still running after " + patience + ":\n" + text());
            }
            for (var reader : readers) {
                reader.join(2_000);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
        return new Finished(process.exitValue(), stdout.toString(), stderr.toString());
    }

    /** Sends a signal by its name, to this process alone. */
    void signal(String name) {
        signal(name, process.toHandle());
    }

    static void signal(String name, ProcessHandle process) {
        try {
            new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    String text() {
        return stdout + "\n" + stderr;
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private static void read(InputStream from, StringBuffer into) {
        try (from) {
            from.transferTo(new OutputStream() {
                @Override
                public void write(int octet) {
                    into.append((char) octet);
                }

                @Override
                public void write(byte[] bytes, int at, int length) {
                    into.append(new String(bytes, at, length, StandardCharsets.UTF_8));
                }
            });
        } catch (IOException ended) {
            // the process was killed; what it said until then is kept
        }
    }
}
