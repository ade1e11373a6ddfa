// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.ssh;

import dev.assay.sdk.agents.CapabilityLostException;

/** The connection to the workspace failed: nothing that the command itself did. */
public final class SshConnectionException extends CapabilityLostException {

    public SshConnectionException(String message) {
        super(message);
    }

    public SshConnectionException(String message, Throwable cause) {
        super(message, cause);
    }
}
