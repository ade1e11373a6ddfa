// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A real file system of a few kilobytes over a folder. To make one takes root, as build machines are; where that cannot be, it is said. */
final class SmallDisk implements AutoCloseable {

    private final Path folder;

    SmallDisk(Path folder, String size) throws IOException, InterruptedException {
        this.folder = Files.createDirectories(folder);
        assumeThat(run(List.of("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", folder.toString())))
                .as("this user may mount no disk")
                .isZero();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        assertThat(run(List.of("umount", folder.toString()))).isZero();
    }

    private static int run(List<String> command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
