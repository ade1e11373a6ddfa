// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

/** There is no version to run; the message says why, for people. */
public final class EnvironmentUnknownException extends Exception {

    EnvironmentUnknownException(String message) {
        super(message);
    }
}
