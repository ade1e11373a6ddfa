// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents;

import java.io.IOException;

/** The way to a capability failed: nothing that was asked for there did. Each capability has its own. */
public class CapabilityLostException extends IOException {

    public CapabilityLostException(String message) {
        super(message);
    }

    public CapabilityLostException(String message, Throwable cause) {
        super(message, cause);
    }
}
