// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

import dev.assay.contracts.Failure;

/** This worker cannot run it: there is no such environment, or what is asked for is not to be had. The message is for people. */
public final class NotRunnableException extends Exception {

    private final Failure.Kind kind;

    /** The environment, or what it is to run with, is not to be had. */
    public NotRunnableException(String message) {
        this(Failure.Kind.ENVIRONMENT, message);
    }

    public NotRunnableException(Failure.Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    /** Whose failure it is. */
    public Failure.Kind kind() {
        return kind;
    }
}
