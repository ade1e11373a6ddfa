// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.reading;

/** It cannot be done, now or later; the message says why, for people. */
public final class ImpossibleException extends RuntimeException {

    public ImpossibleException(String message) {
        super(message);
    }
}
