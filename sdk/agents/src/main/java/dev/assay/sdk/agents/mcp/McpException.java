// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.mcp;

import dev.assay.sdk.agents.CapabilityLostException;

/** A server of tools cannot be reached, refuses, or says what no such server says. The message is for people and models. */
public final class McpException extends CapabilityLostException {

    McpException(String message) {
        super(message);
    }

    McpException(String message, Throwable cause) {
        super(message, cause);
    }
}
