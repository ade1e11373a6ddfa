// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.client;

import java.net.SocketTimeoutException;

/** A request's body comes too slowly to be waited for. Of this kind, because the server answers it with 408. */
final class SlowBodyException extends SocketTimeoutException {

    SlowBodyException(long received) {
        super("the request's body came too slowly: " + received + " bytes so far");
    }
}
