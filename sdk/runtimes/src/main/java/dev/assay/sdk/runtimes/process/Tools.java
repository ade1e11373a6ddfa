// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The system's own programs that sandboxes are built with. Looked for in fixed places: a PATH can be changed by anyone. */
final class Tools {

    private static final List<String> FOLDERS = List.of("/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin");

    private Tools() {}

    static @Nullable String find(String name) {
        for (var folder : FOLDERS) {
            var file = Path.of(folder, name);
            if (Files.isExecutable(file)) {
                return file.toString();
            }
        }
        return null;
    }

    static String require(String name) {
        var found = find(name);
        if (found == null) {
            throw new IllegalStateException("this machine has no " + name);
        }
        return found;
    }
}
