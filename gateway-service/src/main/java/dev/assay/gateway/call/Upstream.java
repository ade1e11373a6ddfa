// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.call;

import dev.assay.gateway.dialect.Dialect;
import dev.assay.gateway.dialect.Operation;
import java.util.List;

/** A way to get answers: a server, a script, a recording. */
public interface Upstream {

    /** How the catalog and the operator call it. */
    String name();

    /** In which dialects a model of it can be asked, the best first; empty: that cannot be asked here at all. */
    List<Dialect> speaks(Operation operation, String upstreamModel);

    /**
     * Sends a call and waits for the answer's head. What is to be closed when the call must end is told to the exchange before it waits.
     * An answer may have any status.
     *
     * @throws AskFailure if there is none
     * @throws AbortedException if the call was ended meanwhile
     */
    Answer ask(Ask ask) throws AskFailure, AbortedException;
}
