// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.engine;

/** What was sent cannot be computed, and whoever sent it is told why. */
public final class RefusedException extends RuntimeException {

    private final int status;

    private RefusedException(int status, String detail) {
        super(detail);
        this.status = status;
    }

    /** Of another kind, or with other numbers, than the model takes. */
    public static RefusedException unfit(String detail) {
        return new RefusedException(422, detail);
    }

    /** Longer than the model reads. */
    public static RefusedException tooLong(String detail) {
        return new RefusedException(413, detail);
    }

    /** As an answer over HTTP has it. */
    public int status() {
        return status;
    }

    /** A sentence for people. */
    public String detail() {
        return String.valueOf(getMessage());
    }
}
