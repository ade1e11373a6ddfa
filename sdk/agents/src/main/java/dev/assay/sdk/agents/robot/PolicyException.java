// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import java.io.IOException;

/** The policy cannot be reached, is silent, tells of an error, or wants done what no robot can do. */
public final class PolicyException extends IOException {

    PolicyException(String message) {
        super(message);
    }

    PolicyException(String message, Throwable cause) {
        super(message, cause);
    }
}
