// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.claude;

import java.io.IOException;

/** The model wrote arguments that are no JSON and cannot become any. */
final class InvalidToolJsonException extends IOException {

    private final String payload;

    /** @param payload as far as it was read when that showed */
    InvalidToolJsonException(String payload, Exception cause) {
        super("the arguments of the model's tool call are no JSON: " + payload, cause);
        this.payload = payload;
    }

    String payload() {
        return payload;
    }
}
