// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What a rollout must not leave behind on the machine. */
final class Leftovers {

    private Leftovers() {}

    /**
     * Processes that a folder's name leads to: by what they were started with, where they stand, or what they have mounted, which a sandbox
     * cannot hide. The workers themselves do not count.
     */
    static List<String> processesOf(Path folder) {
        var name = folder.getFileName().toString();
        return ProcessHandle.allProcesses().map(ProcessHandle::pid).filter(pid -> leadsTo(pid, name)).map(pid -> {
            var line = of(pid, "cmdline");
            return pid + " " + line.substring(0, Math.min(line.length(), 200));
        }).filter(line -> !line.contains("-app.jar")).toList();
    }

    private static boolean leadsTo(long pid, String name) {
        var of = Path.of("/proc", String.valueOf(pid));
        try {
            if (Files.readSymbolicLink(of.resolve("cwd")).toString().contains(name)) {
                return true;
            }
        } catch (IOException ended) {
            return false;
        }
        return Stream.of("cmdline", "environ", "mountinfo").anyMatch(file -> of(pid, file).contains(name));
    }

    private static String of(long pid, String file) {
        try {
            var bytes = Files.readAllBytes(Path.of("/proc", String.valueOf(pid), file));
            return new String(bytes, StandardCharsets.ISO_8859_1).replace('\0', ' ');
        } catch (IOException ended) {
            return "";
        }
    }

    /** Those of them that say that they are a run's. */
    static List<Path> sandboxesOf(String run, Path data) {
        return sandboxesIn(data).stream().filter(sandbox -> {
            try {
                return Files.readString(sandbox.resolve("sandbox.json")).contains(run);
            } catch (IOException onItsWayInOrOut) {
                return false;
            }
        }).toList();
    }

    /** Without what the one worker that lives keeps ready for the next run of a version: what is loaded, and forks that wait. */
    static List<Path> sandboxesThatNobodyKeeps(Path data) {
        return sandboxesIn(data).stream().filter(sandbox -> {
            try {
                var record = Files.readString(sandbox.resolve("sandbox.json"));
                boolean ready = record.contains("\"run\":\"parent-of-") || record.contains("\"run\":\"fork-of-");
                return !ready || !owners(sandbox).stream().allMatch(record::contains); // a dead one's mark goes with all that was its
            } catch (IOException onItsWayInOrOut) {
                return true;
            }
        }).toList();
    }

    private static List<String> owners(Path sandbox) throws IOException {
        try (var marks = Files.list(sandbox.getParent().resolveSibling("owners"))) {
            return marks.map(mark -> mark.getFileName().toString()).toList();
        }
    }

    /** Folders of single sandboxes below a worker's data. */
    static List<Path> sandboxesIn(Path data) {
        return below(data, 5, path -> Files.isDirectory(path) && path.getParent().getFileName().toString().equals("sandboxes"));
    }

    /** What is found, and not what is in it. Anything may be on its way out: what vanishes meanwhile is none. */
    static List<Path> below(Path top, int depth, Predicate<Path> wanted) {
        var found = new ArrayList<Path>();
        try {
            Files.walkFileTree(top, Set.of(), depth, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    if (folder.equals(top) || !wanted.test(folder)) {
                        return FileVisitResult.CONTINUE;
                    }
                    found.add(folder);
                    return FileVisitResult.SKIP_SUBTREE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (wanted.test(file)) {
                        found.add(file);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path vanished, IOException failure) {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, IOException failure) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return found;
    }
}
