// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What a rollout must not leave behind on the machine. */
final class Leftovers {

    private Leftovers() {}

    /** Processes of environments whose command line names a folder; the workers themselves do not count. */
    static List<String> processesNaming(Path folder) {
        return ProcessHandle.allProcesses()
                .map(process -> process.info().commandLine().orElse(""))
                .filter(line -> line.contains(folder.toString()) && !line.contains("-app.jar"))
                .toList();
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

    /** Folders of single sandboxes below a worker's data. One may be on its way out: what vanishes meanwhile is none. */
    static List<Path> sandboxesIn(Path data) {
        var found = new ArrayList<Path>();
        try {
            Files.walkFileTree(data, Set.of(), 5, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    if (!folder.getParent().getFileName().toString().equals("sandboxes")) {
                        return FileVisitResult.CONTINUE;
                    }
                    found.add(folder);
                    return FileVisitResult.SKIP_SUBTREE;
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
