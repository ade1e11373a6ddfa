// SPDX-License-Identifier: Apache-2.0

package dev.assay.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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

    /** Folders of single sandboxes below a worker's data. */
    static List<Path> sandboxesIn(Path data) {
        try (var found = Files.find(data, 4, (path, attributes) -> attributes.isDirectory()
                && path.getParent().getFileName().toString().equals("sandboxes"))) {
            return found.toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
