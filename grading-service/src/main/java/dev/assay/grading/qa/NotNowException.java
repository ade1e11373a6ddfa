// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.qa;

/** Something that a check needs cannot be had just now; the message says what. */
final class NotNowException extends RuntimeException {

    NotNowException(String message) {
        super(message);
    }
}
