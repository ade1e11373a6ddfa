// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/** Finds a sandbox's processes by the label in their environment, where nothing better holds them together. */
final class LabelledProcesses {

    static final String LABEL = "ASSAY_SANDBOX";

    private LabelledProcesses() {}

    /** A process may start another while we look: repeated until none is seen. */
    static void kill(String id) {
        for (int round = 0; round < 20; round++) {
            var found = of(id).toList();
            if (found.isEmpty()) {
                return;
            }
            found.forEach(ProcessHandle::destroyForcibly);
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    static Stream<ProcessHandle> of(String id) {
        return ProcessHandle.allProcesses().filter(process -> carries(process.pid(), id));
    }

    private static boolean carries(long pid, String id) {
        try {
            var environment = new String(Files.readAllBytes(Path.of("/proc", Long.toString(pid), "environ")), StandardCharsets.ISO_8859_1);
            return Arrays.asList(environment.split("\0")).contains(LABEL + "=" + id);
        } catch (IOException e) {
            return false;
        }
    }
}
