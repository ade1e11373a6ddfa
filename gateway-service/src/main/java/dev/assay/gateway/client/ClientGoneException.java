// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.client;

import java.io.IOException;

/** Nobody is left to answer. */
public final class ClientGoneException extends IOException {

    public ClientGoneException() {
        super("the client hung up");
    }
}
