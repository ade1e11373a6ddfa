// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.protocol;

import java.io.IOException;

/** A frame passes the limit of the channel. Read: the connection cannot be used any more. To be written: nothing was sent. */
public final class FrameTooLargeException extends IOException {

    FrameTooLargeException(String message) {
        super(message);
    }
}
