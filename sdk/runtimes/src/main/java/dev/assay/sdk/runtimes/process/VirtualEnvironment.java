// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.nio.file.Path;

/** A finished virtual environment; read-only for sandboxes, and shared only where no context's code could have written to it. */
public record VirtualEnvironment(Path folder, PythonInterpreter base) {

    Path python() {
        return folder.resolve("bin/python");
    }
}
