// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.call;

import java.io.IOException;

/** Passes an upstream's answer on to the client, in the client's dialect. */
public interface Relay {

    /**
     * @param ask what it answers
     * @throws AskFailure if nothing of an answer has gone out and somebody else may be asked
     * @throws AbortedException if the call was ended meanwhile
     * @throws IOException if the client cannot be written to
     */
    void relay(Ask ask, Answer answer) throws IOException;
}
