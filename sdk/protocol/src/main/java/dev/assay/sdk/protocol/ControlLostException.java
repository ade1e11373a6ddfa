// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.io.IOException;

/** The control channel ended while its environment was still needed; the message says how. */
public final class ControlLostException extends IOException {

    ControlLostException(IOException reason) {
        super("the control channel was lost: " + reason.getMessage(), reason);
    }
}
