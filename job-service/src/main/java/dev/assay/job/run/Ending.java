// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.Failure;
import dev.assay.contracts.Failure.Kind;
import dev.assay.contracts.Failure.Phase;
import org.jspecify.annotations.Nullable;

/**
 * How a run ended.
 *
 * @param status one of the terminal ones
 * @param stopReason why the agent stopped; null: unknown
 * @param error a sentence for people; null unless something failed. What is longer than people read is cut
 * @param reward null: never graded, which is not a reward of 0
 * @param kind whose failure it was; null: nothing failed, or nobody said whose
 * @param phase how far the run had come when it failed; null: unknown
 */
public record Ending(
        RunStatus status, @Nullable String stopReason, @Nullable String error, @Nullable Double reward, @Nullable Kind kind,
        @Nullable Phase phase) {

    private static final int LONGEST_ERROR = 20_000;

    static final Ending CANCELLED = new Ending(RunStatus.CANCELLED, null, null, null);

    /** As a client tells it, who does not say whose failure it was. */
    public Ending(RunStatus status, @Nullable String stopReason, @Nullable String error, @Nullable Double reward) {
        this(status, stopReason, error, reward, null, null);
    }

    /** Of what says nothing of its agent there is no reward, whatever came of it. */
    public static Ending of(RunStatus status, @Nullable String stopReason, @Nullable Failure failure, @Nullable Double reward) {
        return failure == null
                ? new Ending(status, stopReason, null, reward)
                : new Ending(
                        status, stopReason, failure.detail(), failure.kind().isNobodysScore() ? null : reward, failure.kind(), failure.phase());
    }

    public Ending {
        if (!status.isTerminal()) {
            throw new IllegalArgumentException(status + " is no end");
        }
        if (reward != null && !Double.isFinite(reward)) {
            throw new IllegalArgumentException("a reward is a finite number");
        }
        if (reward != null && kind != null && kind.isNobodysScore()) {
            throw new IllegalArgumentException("a failure of " + kind.wire() + " is no reward");
        }
        error = error == null || error.length() <= LONGEST_ERROR ? error : cut(error);
    }

    private static String cut(String error) {
        var end = Character.isHighSurrogate(error.charAt(LONGEST_ERROR - 1)) ? LONGEST_ERROR - 1 : LONGEST_ERROR;
        return error.substring(0, end) + " … (" + error.length() + " characters in all)";
    }

    public static Ending failed(Failure failure, @Nullable String stopReason) {
        return of(RunStatus.ERROR, stopReason, failure, null);
    }

    /** What went wrong; null also where nobody said whose failure it was. */
    public @Nullable Failure failure() {
        return kind == null ? null : new Failure(kind, phase, error == null ? "" : error);
    }
}
