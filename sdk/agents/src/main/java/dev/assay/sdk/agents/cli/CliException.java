// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.agents.cli;

/** The program cannot be started, or did not do what it is there for. The message is for people. */
final class CliException extends Exception {

    CliException(String message) {
        super(message);
    }
}
