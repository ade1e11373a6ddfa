// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.robot;

import dev.assay.sdk.agents.CapabilityLostException;

/** The robot's environment is gone, tells of an error of its own, or says what cannot be read: nothing that its policy did. */
public final class RobotLostException extends CapabilityLostException {

    RobotLostException(String message, Throwable cause) {
        super(message, cause);
    }
}
