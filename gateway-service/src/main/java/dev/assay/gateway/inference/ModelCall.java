// SPDX-License-Identifier: Apache-2.0

package dev.assay.gateway.inference;

import dev.assay.contracts.internal.ResolvedModel;
import tools.jackson.databind.node.ObjectNode;

/**
 * A call that a provider is to answer.
 *
 * @param body as the client sent it
 */
public record ModelCall(ResolvedModel model, ObjectNode body) {

    /** Whether the client wants the answer as it is made. */
    public boolean streamed() {
        return body.path("stream").asBoolean(false);
    }
}
