// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import org.jspecify.annotations.Nullable;

/**
 * How a run ended.
 *
 * @param status one of the terminal ones
 * @param stopReason why the agent stopped; null: unknown
 * @param error a sentence for people; null unless something failed. What is longer than people read is cut
 * @param reward null: never graded, which is not a reward of 0
 */
public record Ending(RunStatus status, @Nullable String stopReason, @Nullable String error, @Nullable Double reward) {

    private static final int LONGEST_ERROR = 20_000;

    static final Ending CANCELLED = new Ending(RunStatus.CANCELLED, null, null, null);

    public Ending {
        if (!status.isTerminal()) {
            throw new IllegalArgumentException(status + " is no end");
        }
        if (reward != null && !Double.isFinite(reward)) {
            throw new IllegalArgumentException("a reward is a finite number");
        }
        error = error == null || error.length() <= LONGEST_ERROR ? error : cut(error);
    }

    private static String cut(String error) {
        var end = Character.isHighSurrogate(error.charAt(LONGEST_ERROR - 1)) ? LONGEST_ERROR - 1 : LONGEST_ERROR;
        return error.substring(0, end) + " … (" + error.length() + " characters in all)";
    }

    static Ending failed(String error, @Nullable String stopReason) {
        return new Ending(RunStatus.ERROR, stopReason, error, null);
    }
}
