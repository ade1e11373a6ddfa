// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.gateway.dialect.ModelErrorException;
import dev.assay.gateway.client.ClientConnection;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Answers Chat Completions calls. */
public interface Provider {

    /** How the catalog calls it. */
    String name();

    /**
     * Answers a call, streamed or whole as the call wants it.
     *
     * @throws ModelErrorException if it cannot be answered and nothing has been written yet
     * @throws dev.assay.gateway.client.ClientGoneException if the client hung up first
     * @throws IOException if the client cannot be written to
     */
    void answer(ModelCall call, HttpServletResponse response, ClientConnection client) throws IOException, InterruptedException;
}
