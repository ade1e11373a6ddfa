// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import dev.assay.sdk.runtimes.OutputLines;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What the names in a folder hold of the disk, by the system's own program, which counts blocks, not lengths, and goes as deep as
 * folders go.
 *
 * @param du the program, with what it is started through
 * @param mostEntries files and folders, of which even empty ones take time to measure
 * @param deadline for one folder
 */
record FolderSize(List<String> du, long mostEntries, Duration deadline) {

    /** What is in the folder keeps it from being measured; the message completes "it". */
    static final class Immeasurable extends Exception {

        private static final long serialVersionUID = 1;

        Immeasurable(String message) {
            super(message);
        }
    }

    private static final int ATTEMPTS = 2;
    private static final int LONGEST = 8 * 1024;
    private static final String VANISHED = ": No such file or directory";

    static FolderSize measured() {
        return new FolderSize(List.of(Tools.require("du")), 1_000_000, Duration.ofMinutes(1));
    }

    /** Files come and go meanwhile. What cannot be read, and not the second time either, hides something. */
    long of(Path folder) throws IOException, InterruptedException, Immeasurable {
        String complaint = "";
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            var counted = count(folder);
            if (counted.complaint == null) {
                return counted.bytes;
            }
            complaint = counted.complaint;
        }
        throw new Immeasurable("has files that cannot be measured (" + complaint + ")");
    }

    /** @param complaint what was not measured, and why; null if all was */
    private record Counted(long bytes, @Nullable String complaint) {}

    private Counted count(Path folder) throws IOException, InterruptedException, Immeasurable {
        List<String> command = new ArrayList<>(du);
        command.addAll(List.of("-akx", "--", folder.toString()));
        var builder = new ProcessBuilder(command);
        builder.environment().put("LC_ALL", "C");
        long begun = System.nanoTime();
        var process = builder.start();
        try {
            process.getOutputStream().close();
            CompletableFuture.delayedExecutor(deadline.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread)
                    .execute(process::destroyForcibly);
            var complaint = new AtomicReference<@Nullable String>();
            var complaints = OutputLines.start("du-complaints", process.getErrorStream(), line -> {
                if (!line.endsWith(VANISHED)) {
                    complaint.compareAndSet(null, line);
                }
            });
            var total = lastLine(process.getInputStream());
            complaints.join();
            process.waitFor();
            endAt(deadline, begun);
            int tab = total.indexOf('\t');
            if (tab > 0 && total.substring(tab + 1).equals(folder.toString())) {
                return new Counted(Long.parseLong(total.substring(0, tab)) << 10, complaint.get());
            }
            if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
                complaint.compareAndSet(null, "du ended with code " + process.exitValue());
            }
            return new Counted(0, complaint.get());
        } catch (IOException e) {
            endAt(deadline, begun); // it was killed, which closes what is read from it
            throw e;
        } finally {
            process.destroyForcibly();
        }
    }

    private static void endAt(Duration deadline, long begun) throws Immeasurable {
        if (System.nanoTime() - begun >= deadline.toNanos()) {
            throw new Immeasurable("has too many files to measure");
        }
    }

    /**
     * The total. There is a line for each entry before it, which are only counted: what they say, a file's name could say as well. They
     * may be very long, too.
     */
    private String lastLine(InputStream lines) throws IOException, Immeasurable {
        var last = new byte[LONGEST];
        int length = 0;
        long entries = 0;
        boolean complete = false;
        var chunk = new byte[1 << 16];
        for (int got = lines.read(chunk); got > 0; got = lines.read(chunk)) {
            for (int i = 0; i < got; i++) {
                if (complete) {
                    length = 0;
                }
                complete = chunk[i] == '\n';
                if (complete) {
                    if (++entries > mostEntries) {
                        throw new Immeasurable("has more than " + mostEntries + " files: too many files to measure");
                    }
                } else if (length < LONGEST) {
                    last[length++] = chunk[i];
                }
            }
        }
        return new String(last, 0, length, StandardCharsets.UTF_8);
    }
}
