// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.tool;

import dev.assay.sdk.agents.ssh.CommandTimeoutException;
import dev.assay.sdk.agents.ssh.Deadline;
import dev.assay.sdk.agents.ssh.SshConnectionException;
import tools.jackson.databind.JsonNode;

/** A tool that works in the environment's shell: the only kind whose time the agent's config limits, and whose lost connections end a run. */
public interface ShellTool extends Tool {

    ToolOutcome call(JsonNode arguments, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException;

    @Override
    default ToolOutcome call(JsonNode arguments) throws Exception {
        return call(arguments, Deadline.none());
    }
}
