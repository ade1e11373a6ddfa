// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.ssh;

import dev.assay.sdk.protocol.PythonText;

/**
 * How a command ended. A status other than 0 is an answer like any other.
 *
 * @param complete false if the command wrote so much that the middle of a stream was not kept; a mark stands there
 */
public record CommandResult(byte[] output, byte[] errors, int status, boolean complete) {

    public boolean succeeded() {
        return status == 0;
    }

    public String outputText() {
        return PythonText.decode(output);
    }

    public String errorText() {
        return PythonText.decode(errors);
    }
}
