// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import java.io.IOException;

/** An image that the model cannot be shown; the message tells the model why. */
final class UnreadableImageException extends IOException {

    UnreadableImageException(String message) {
        super(message);
    }
}
