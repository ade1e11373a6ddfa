// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.process;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command and what of the machine it may see beside its own root folder and the system's programs.
 *
 * @param workingDirectory as the command sees it
 * @param readOnly folders seen at their own place
 * @param writable folders seen at their own place, made by us for this command
 * @param network null for the machine's
 * @param agentPrograms a folder that is seen as {@link ProcessRuntime#AGENT_PROGRAMS}; null for the machine's own
 */
record ConfinedCommand(
        List<String> command, String workingDirectory, List<Path> readOnly, List<Path> writable, @Nullable OwnNetwork network,
        @Nullable Path agentPrograms) {

    ConfinedCommand(
            List<String> command, String workingDirectory, List<Path> readOnly, List<Path> writable, @Nullable OwnNetwork network) {
        this(command, workingDirectory, readOnly, writable, network, null);
    }
}
