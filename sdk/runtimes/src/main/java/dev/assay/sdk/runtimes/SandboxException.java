// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

/** A sandbox or its version could not be made ready; the message says why, for people. */
public final class SandboxException extends Exception {

    private final String outputTail;

    public SandboxException(String message) {
        this(message, "");
    }

    public SandboxException(String message, String outputTail) {
        super(message);
        this.outputTail = outputTail;
    }

    public SandboxException(String message, Throwable cause) {
        super(message, cause);
        this.outputTail = "";
    }

    /** The last lines printed before the failure; empty if there were none. */
    public String outputTail() {
        return outputTail;
    }
}
