// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

import dev.assay.sdk.runtimes.SandboxException;
import dev.assay.sdk.runtimes.SandboxLabel;

/** Whether an engine's networks for projects lead nowhere, asked of each engine once: one that makes nothing of an option says nothing of it. */
final class ProjectWalls {

    private final OpenSandboxes open;
    private boolean hold;

    ProjectWalls(OpenSandboxes open) {
        this.open = open;
    }

    /** @throws SandboxException if they do not, or nobody can tell */
    synchronized void require(SandboxLabel label) throws SandboxException, InterruptedException {
        if (!hold) {
            if (open.machineAnswersInProjects(label)) {
                throw SandboxException.ofHost("the Docker engine's networks lead to its machine, so no projects run in them", null);
            }
            hold = true;
        }
    }
}
