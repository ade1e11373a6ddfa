// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.rfb;

import dev.assay.sdk.agents.CapabilityLostException;

/** The screen cannot be reached, refuses, or says what no screen says. The message is for people and models. */
public final class RfbException extends CapabilityLostException {

    RfbException(String message) {
        super(message);
    }

    RfbException(String message, Throwable cause) {
        super(message, cause);
    }
}
