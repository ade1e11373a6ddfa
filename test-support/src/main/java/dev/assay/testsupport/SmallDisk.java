// SPDX-License-Identifier: Apache-2.0

package dev.assay.testsupport;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A real, small file system over a folder. */
public final class SmallDisk implements AutoCloseable {

    private final Path folder;

    private SmallDisk(Path folder) {
        this.folder = folder;
    }

    /** Empty: this user may mount none. That takes root, as build machines are. */
    public static Optional<SmallDisk> over(Path folder, String size) throws IOException, InterruptedException {
        var disk = new SmallDisk(Files.createDirectories(folder));
        var mounted = run(List.of("mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", folder.toString()));
        return mounted ? Optional.of(disk) : Optional.empty();
    }

    /** Until there is no room for anything; who deletes the file makes room again. */
    public Path fill() throws IOException {
        var file = folder.resolve("full");
        try (var out = Files.newOutputStream(file)) {
            while (true) {
                out.write(new byte[1024]);
            }
        } catch (IOException full) {
            return file;
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (!run(List.of("umount", folder.toString()))) {
            throw new IOException(folder + " is in use");
        }
    }

    private static boolean run(List<String> command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    }
}
