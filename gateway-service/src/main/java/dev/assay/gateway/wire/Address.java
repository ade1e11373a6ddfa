// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.wire;

import dev.assay.gateway.call.Ask;
import dev.assay.gateway.call.AskFailure;
import dev.assay.gateway.dialect.Fields;
import java.net.URI;

/** Where an upstream is asked, and as whom. */
public interface Address {

    /** Absolute, {@code http} or {@code https}. */
    URI uri(Ask ask);

    /**
     * The upstream's own headers: its credential, its version. They win over what goes on of the client's.
     *
     * @throws AskFailure if a credential has to be had first, and cannot be
     */
    Fields headers(Ask ask) throws AskFailure;
}
