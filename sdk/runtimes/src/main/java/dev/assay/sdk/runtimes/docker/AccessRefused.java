// SPDX-License-Identifier: Apache-2.0

package dev.assay.sdk.runtimes.docker;

/** Somebody asked a project's engine for what is not let through; the message says it in a sentence, and {@link #status} as HTTP does. */
final class AccessRefused extends Exception {

    private final int status;

    AccessRefused(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }
}
