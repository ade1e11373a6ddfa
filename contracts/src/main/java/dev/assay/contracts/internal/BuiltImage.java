// SPDX-License-Identifier: Apache-2.0

package dev.assay.contracts.internal;

import org.jspecify.annotations.Nullable;

/**
 * The image that a version's context was built to.
 *
 * @param reference under which an engine runs it: its id, or a registry's name with a digest
 * @param engine the id of the Docker engine that alone has it; null: any engine can fetch it from the registry that the reference names
 * @param notAsProcess why its runs cannot have the context itself, as processes, in a sentence for people; empty: they can; null: nobody has
 *     looked
 */
public record BuiltImage(String reference, @Nullable String engine, @Nullable String notAsProcess) {

    /** Whether its runs can have the context itself. */
    public boolean fitsProcess() {
        return "".equals(notAsProcess);
    }

    /** Why they cannot. */
    public String unfitForProcess() {
        return notAsProcess == null ? "nobody looked whether it fits when it was built: deploy it again" : notAsProcess;
    }

    /** The runtime that a worker must have to run it: any engine's, or that of the one that has it. */
    public String runtime() {
        return engine == null ? "docker" : "docker@" + engine;
    }
}
