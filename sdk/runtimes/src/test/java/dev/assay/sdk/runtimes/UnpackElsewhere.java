// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import dev.assay.sdk.runtimes.context.ContextArchive;
import dev.assay.sdk.runtimes.context.ContextLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Unpacks an archive in a process of its own, whose locale is not that of the tests. */
final class UnpackElsewhere {

    private UnpackElsewhere() {}

    public static void main(String[] arguments) throws IOException {
        var folder = Path.of(arguments[1]);
        try (var archive = Files.newInputStream(Path.of(arguments[0]))) {
            new ContextArchive(ContextLimits.DEFAULTS).unpack(archive, folder);
        }
        try (var files = Files.walk(folder)) {
            System.out.println("in " + System.getProperty("sun.jnu.encoding") + ": " + files.filter(Files::isRegularFile).count() + " files");
        }
    }
}
