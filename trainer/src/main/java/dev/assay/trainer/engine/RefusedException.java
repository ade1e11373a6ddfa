// SPDX-License-Identifier: Apache-2.0

package dev.assay.trainer.engine;

import org.jspecify.annotations.Nullable;

/** What was sent cannot be computed, and whoever sent it is told why. */
public final class RefusedException extends RuntimeException {

    private final int status;
    private final @Nullable String member;

    private RefusedException(int status, @Nullable String member, String detail) {
        super(detail);
        this.status = status;
        this.member = member;
    }

    /** Of another kind, or with other numbers, than the model takes. */
    public static RefusedException unfit(String detail) {
        return new RefusedException(422, null, detail);
    }

    /** What one member of a request asks for cannot be done. */
    public static RefusedException unfit(String member, String detail) {
        return new RefusedException(422, member, detail);
    }

    /** Longer than the model reads. */
    public static RefusedException tooLong(String detail) {
        return new RefusedException(413, null, detail);
    }

    /** As an answer over HTTP has it. */
    public int status() {
        return status;
    }

    /** Which member of a request is refused; null: none that is named alone. */
    public @Nullable String member() {
        return member;
    }

    /** A sentence for people. */
    public String detail() {
        return String.valueOf(getMessage());
    }
}
