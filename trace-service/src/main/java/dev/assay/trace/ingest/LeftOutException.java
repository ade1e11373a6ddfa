// SPDX-License-Identifier: Apache-2.0

package dev.assay.trace.ingest;

/** One span of an export cannot be taken; the others can. */
final class LeftOutException extends Exception {

    private final String at;

    LeftOutException(String reason) {
        this("", reason);
    }

    /** @param at in the span, beginning with a point; empty: the span as a whole */
    LeftOutException(String at, String reason) {
        super(reason, null, false, false); // there may be thousands, and nobody looks where they come from
        this.at = at;
    }

    String at() {
        return at;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
