// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import java.nio.file.Path;

/** A finished virtual environment, shared by all versions with the same dependencies; read-only for sandboxes. */
public record VirtualEnvironment(Path folder, PythonInterpreter base) {

    Path python() {
        return folder.resolve("bin/python");
    }
}
