// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.reading;

/** Something that is needed cannot be had just now; the message says what. */
public final class NotNowException extends RuntimeException {

    public NotNowException(String message) {
        super(message);
    }
}
