// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import java.io.IOException;

/** The model wrote arguments that are no JSON and cannot become any. */
final class InvalidToolJsonException extends IOException {

    private final String payload;

    /** @param payload as far as it was read when that showed */
    InvalidToolJsonException(String payload, Exception cause) {
        super("Unable to parse tool parameter JSON from model. Please retry your request or adjust your prompt. "
                + "Error: invalid JSON. JSON: " + payload, cause);
        this.payload = payload;
    }

    String payload() {
        return payload;
    }
}
