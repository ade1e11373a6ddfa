// SPDX-License-Identifier: Apache-2.0

package dev.assay.grading.qa;

/** A check cannot be done, now or later; the message says why, for people. */
final class FailedCheckException extends RuntimeException {

    FailedCheckException(String message) {
        super(message);
    }
}
