// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.model;

import java.io.IOException;

/** The connection was cut in the middle of a streamed answer. */
public final class BrokenStreamException extends IOException {

    BrokenStreamException(IOException cause) {
        super("Connection error: the model's answer broke off: " + cause.getMessage(), cause);
    }
}
