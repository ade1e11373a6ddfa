// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends sandboxes that hold more of the disk than they may. Their folders are measured again and again: file systems that keep quotas of
 * folders are rare, and a disk image of its own for each would cost more than a sandbox does.
 */
final class DiskWatch {

    private static final Logger LOG = LoggerFactory.getLogger(DiskWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(2);

    /** Where there is much to measure, measuring must not become the machine's work. */
    private static final int PART_OF_THE_TIME = 10;

    private record Watched(ConfinedProcess process, List<Path> folders, long mostBytes) {}

    private final Set<Watched> watched = new HashSet<>();
    private @Nullable Thread thread;

    /** Until it ends. */
    synchronized void watch(ConfinedProcess process, List<Path> folders, long mostBytes) {
        watched.add(new Watched(process, folders, mostBytes));
        if (thread == null) {
            thread = Thread.ofVirtual().name("disk-watch").start(this::look);
        }
    }

    private void look() {
        var pause = EVERY;
        while (true) {
            try {
                Thread.sleep(pause);
                List<Watched> living;
                synchronized (this) {
                    watched.removeIf(one -> !one.process().alive());
                    if (watched.isEmpty()) {
                        thread = null;
                        return;
                    }
                    living = List.copyOf(watched);
                }
                long begun = System.nanoTime();
                endThoseOver(living);
                var took = Duration.ofNanos(System.nanoTime() - begun).multipliedBy(PART_OF_THE_TIME);
                pause = took.compareTo(EVERY) > 0 ? took : EVERY;
            } catch (IOException e) {
                LOG.warn("what sandboxes hold of the disk cannot be measured: {}", e.toString());
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static void endThoseOver(List<Watched> living) throws IOException, InterruptedException {
        List<Path> folders = living.stream().flatMap(one -> one.folders().stream()).toList();
        var measured = measure(folders);
        for (var one : living) {
            long bytes = one.folders().stream().mapToLong(folder -> measured.getOrDefault(folder.toString(), 0L)).sum();
            if (bytes > one.mostBytes()) {
                one.process().end("it held " + (bytes >> 20) + " MiB of the disk, more than the " + (one.mostBytes() >> 20)
                        + " MiB that it may (storage_mb), and was ended");
            }
        }
    }

    /** By the system's own program, which counts blocks, not lengths, and goes as deep as folders go. */
    static Map<String, Long> measure(List<Path> folders) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Tools.require("du"), "-skx", "--"));
        folders.forEach(folder -> command.add(folder.toString()));
        var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try {
            process.getOutputStream().close();
            var lines = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
            process.waitFor();
            Map<String, Long> bytes = new HashMap<>();
            for (var line : lines) {
                int tab = line.indexOf('\t');
                bytes.put(line.substring(tab + 1), Long.parseLong(line.substring(0, tab)) << 10);
            }
            return bytes;
        } finally {
            process.destroyForcibly();
        }
    }
}
