// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.tool;

import dev.assay.sdk.agents.ssh.CommandTimeoutException;
import dev.assay.sdk.agents.ssh.Deadline;
import dev.assay.sdk.agents.ssh.SshConnectionException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Something that a model may call. */
public interface Tool {

    String name();

    String description();

    /** The JSON Schema of its arguments. */
    ObjectNode parameters();

    /**
     * Does what was asked for. An argument that is wrong is told to the model, not to a person.
     *
     * @throws IllegalArgumentException if an argument is missing or of the wrong kind
     */
    ToolOutcome call(JsonNode arguments, Deadline deadline)
            throws SshConnectionException, CommandTimeoutException, InterruptedException;
}
