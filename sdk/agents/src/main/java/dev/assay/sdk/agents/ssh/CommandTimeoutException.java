// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.ssh;

/** A command was still running at its deadline, and has been terminated. */
public final class CommandTimeoutException extends Exception {

    CommandTimeoutException() {
        super("the command was still running at its deadline");
    }
}
