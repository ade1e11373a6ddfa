// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What processes hold of the disk without a name: a file that was deleted keeps its blocks for as long as somebody has it open. A thread
 * may have a table of open files of its own, so each is asked.
 */
final class UnlinkedFiles {

    /** A command line has an end. */
    private static final int AT_ONCE = 1000;

    /** To be remembered while they are found; nobody honest has as many. */
    private static final int MOST = 100_000;

    private record File(long device, long inode) {}

    private UnlinkedFiles() {}

    /**
     * @param folders on whose file systems the files are; others, as that of shared memory, are no disk
     */
    static long bytes(Collection<Long> processes, List<Path> folders, Duration deadline)
            throws IOException, InterruptedException, FolderSize.Immeasurable {
        Set<Long> devices = new HashSet<>();
        for (var folder : folders) {
            devices.add((Long) Files.getAttribute(folder, "unix:dev"));
        }
        long begun = System.nanoTime();
        Map<File, String> found = new HashMap<>();
        for (var process : processes) {
            try (var threads = Files.newDirectoryStream(Path.of("/proc", process.toString(), "task"))) {
                for (var thread : threads) {
                    find(thread.resolve("fd"), devices, found);
                    if (found.size() > MOST || System.nanoTime() - begun >= deadline.toNanos()) {
                        throw new FolderSize.Immeasurable("has too many files open to measure");
                    }
                }
            } catch (IOException | DirectoryIteratorException e) {
                // ended meanwhile
            }
        }
        long bytes = 0;
        var paths = List.copyOf(found.values());
        for (int from = 0; from < paths.size(); from += AT_ONCE) {
            bytes += blocks(paths.subList(from, Math.min(paths.size(), from + AT_ONCE)));
        }
        return bytes;
    }

    private static void find(Path table, Set<Long> devices, Map<File, String> found) {
        try (var open = Files.newDirectoryStream(table)) {
            for (var file : open) {
                add(file, devices, found);
                if (found.size() > MOST) {
                    return;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // ended meanwhile, or not for us to see
        }
    }

    private static void add(Path open, Set<Long> devices, Map<File, String> found) {
        try {
            var attributes = Files.readAttributes(open, "unix:dev,ino,nlink");
            var device = (Long) attributes.get("dev");
            if ((Integer) attributes.get("nlink") == 0 && devices.contains(device)) {
                found.putIfAbsent(new File(device, (Long) attributes.get("ino")), open.toString());
            }
        } catch (IOException e) {
            // closed meanwhile
        }
    }

    /** Java knows lengths only, and a file may have any number of blocks for its length. */
    private static long blocks(List<String> paths) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Tools.require("stat"), "-L", "-c", "%h %b %B", "--"));
        command.addAll(paths);
        var process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
            process.getOutputStream().close();
            long bytes = 0;
            for (var line : lines.lines().toList()) {
                var numbers = line.split(" ");
                bytes += numbers[0].equals("0") ? Long.parseLong(numbers[1]) * Long.parseLong(numbers[2]) : 0;
            }
            process.waitFor();
            return bytes;
        } finally {
            process.destroyForcibly();
        }
    }
}
