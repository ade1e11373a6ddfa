// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cdp;

import dev.assay.sdk.agents.CapabilityLostException;

/** A browser cannot be reached, refuses, or says what no browser says. The message is for people and models. */
public final class CdpException extends CapabilityLostException {

    private final boolean refused;

    CdpException(String message) {
        super(message);
        this.refused = false;
    }

    /** The browser's own word that it does not do something: it can be asked for more. */
    static CdpException refused(String message) {
        return new CdpException(message, true);
    }

    private CdpException(String message, boolean refused) {
        super(message);
        this.refused = refused;
    }

    boolean isRefusal() {
        return refused;
    }

    CdpException(String message, Throwable cause) {
        super(message, cause);
        this.refused = false;
    }
}
