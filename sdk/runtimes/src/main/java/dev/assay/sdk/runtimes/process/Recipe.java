// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.util.List;

/** How a context is served. */
public sealed interface Recipe {

    /**
     * By the client's serving entry point.
     *
     * @param target what declares the environment: a file, or the folder itself as {@code .}; relative to the context
     * @param requirements in pip's own words
     * @param constraints for pip, too: what must not be newer than we know to work
     * @param requirementsFile whether a {@code requirements.txt} is installed as well
     */
    record Python(
            String target,
            List<String> requirements,
            List<String> constraints,
            boolean requirementsFile,
            String requiresPython)
            implements Recipe {}

    /** By a runnable jar at the context's root. */
    record Jar(String file) implements Recipe {}
}
