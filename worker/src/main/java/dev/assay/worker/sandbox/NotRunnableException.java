// SPDX-License-Identifier: Apache-2.0

package dev.assay.worker.sandbox;

/** This worker cannot run it: there is no such environment, or what is asked for is not to be had. The message is for people. */
public final class NotRunnableException extends Exception {

    public NotRunnableException(String message) {
        super(message);
    }
}
