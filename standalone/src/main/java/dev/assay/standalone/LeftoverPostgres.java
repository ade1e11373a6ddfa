// SPDX-License-Identifier: Apache-2.0

package dev.assay.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a Postgres that did not end by itself has left in its folder. It may still run; it may be dead and wait for its burial, which comes
 * late or never where process 1 buries nobody; its number may be another process's by now. Postgres takes the last two for the first,
 * and does not start.
 */
final class LeftoverPostgres {

    private static final Logger log = LoggerFactory.getLogger(LeftoverPostgres.class);
    private static final Duration BY_ITSELF = Duration.ofSeconds(5);
    private static final Duration BY_FORCE = Duration.ofSeconds(30);
    private static final long LOOK_AGAIN_MILLIS = 50;

    /** Larger than any process has. */
    private static final String NOBODY = String.valueOf(Integer.MAX_VALUE);

    private static final int SHARED_MEMORY_LINE = 6;
    private static final Path SHARED_MEMORY = Path.of("/proc/sysvipc/shm");

    private LeftoverPostgres() {}

    /** Ends it if it runs, so that this start has its own settings; and tells the next Postgres that it is dead. */
    static void end(Path data) throws IOException {
        var file = data.resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return;
        }
        var lines = Files.readAllLines(file);
        if (lines.isEmpty() || !lines.getFirst().strip().matches("\\d{1,10}")) {
            Files.delete(file); // killed before it had written it
            return;
        }
        var pid = Long.parseLong(lines.getFirst().strip());
        var process = running(pid);
        if (process.isPresent()) {
            log.info("ending the Postgres that an earlier run left behind (process {})", pid);
            end(process.get());
        }
        if (!Files.exists(file)) {
            return; // it has cleared up itself
        }
        if (lines.size() > SHARED_MEMORY_LINE) {
            await(BY_FORCE, () -> isUnused(lines.get(SHARED_MEMORY_LINE)));
        }
        // Not deleted: by the memory that the file names Postgres itself sees whether something of the old one is still there.
        lines.set(0, NOBODY);
        Files.write(file, lines);
    }

    private static Optional<ProcessHandle> running(long pid) {
        return ProcessHandle.of(pid).filter(process -> process.info().command().orElse("").endsWith("postgres"));
    }

    private static void end(ProcessHandle postgres) throws IOException {
        postgres.destroy();
        if (!await(BY_ITSELF, () -> running(postgres.pid()).isEmpty())) {
            // its own clients may hang on; the write-ahead log makes a hard end safe
            postgres.descendants().forEach(ProcessHandle::destroyForcibly);
            postgres.destroyForcibly();
            if (!await(BY_FORCE, () -> running(postgres.pid()).isEmpty())) {
                throw new IOException("the Postgres of an earlier run (process " + postgres.pid() + ") cannot be ended");
            }
        }
    }

    /** Whether no process is attached to the memory any more. The postmaster's children outlive it for a moment. */
    private static boolean isUnused(String keyAndId) throws IOException {
        if (!Files.isReadable(SHARED_MEMORY)) {
            return true;
        }
        var id = keyAndId.strip().replaceFirst("^\\d+\\s+", "");
        // key shmid perms size cpid lpid nattch …
        return Files.readAllLines(SHARED_MEMORY).stream()
                .map(line -> line.strip().split("\\s+"))
                .noneMatch(block -> block.length > 6 && block[1].equals(id) && !block[6].equals("0"));
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private static boolean await(Duration atMost, Condition condition) throws IOException {
        var end = System.nanoTime() + atMost.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > end) {
                return false;
            }
            try {
                Thread.sleep(LOOK_AGAIN_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
        return true;
    }
}
