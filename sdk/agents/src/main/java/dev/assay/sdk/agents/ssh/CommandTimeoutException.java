// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.ssh;

/** A command had not ended at its deadline. If it had begun, it was told to terminate. */
public final class CommandTimeoutException extends Exception {

    CommandTimeoutException() {
        super("the command had not ended at its deadline");
    }
}
