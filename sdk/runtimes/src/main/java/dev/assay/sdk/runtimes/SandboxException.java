// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes;

import org.jspecify.annotations.Nullable;

/** A sandbox or its version could not be made ready; the message says why, for people. */
public final class SandboxException extends Exception {

    private final String outputTail;
    private final boolean hosts;

    public SandboxException(String message) {
        this(message, "");
    }

    public SandboxException(String message, String outputTail) {
        this(message, outputTail, false, null);
    }

    public SandboxException(String message, Throwable cause) {
        this(message, "", false, cause);
    }

    private SandboxException(String message, String outputTail, boolean hosts, @Nullable Throwable cause) {
        super(message, cause);
        this.outputTail = outputTail;
        this.hosts = hosts;
    }

    /** What it was to run on failed it, such as a disk or an engine: the environment is not to blame, and elsewhere, or later, it may do. */
    public static SandboxException ofHost(String message, @Nullable Throwable cause) {
        return new SandboxException(message, "", true, cause);
    }

    /** The last lines printed before the failure; empty if there were none. */
    public String outputTail() {
        return outputTail;
    }

    /** Whether what it was to run on is to blame, and not what was to be run. */
    public boolean isHosts() {
        return hosts;
    }
}
