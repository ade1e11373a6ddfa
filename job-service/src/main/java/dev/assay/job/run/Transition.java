// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.Failure.Kind;
import dev.assay.contracts.UserId;
import dev.assay.job.run.RunCommand.Cancel;
import dev.assay.job.run.RunCommand.Claim;
import dev.assay.job.run.RunCommand.Enter;
import dev.assay.job.run.RunCommand.Exit;
import dev.assay.job.run.RunCommand.Release;
import dev.assay.job.run.RunCommand.Renew;
import dev.assay.job.run.RunCommand.Report;
import dev.assay.job.run.RunCommand.Rerun;
import dev.assay.job.run.RunCommand.Submit;
import dev.assay.job.run.RunCommand.Sweep;
import dev.assay.job.run.RunCommand.Take;
import dev.assay.job.run.RunState.CancelledAhead;
import dev.assay.job.run.RunState.Driven;
import dev.assay.job.run.RunState.Finished;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.RunState.Queued;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Why a run, or a session's lease, stands elsewhere now than before.
 *
 * @param who the worker's name, or the user's id; null: the client, time, or nobody in particular
 * @param detail what went wrong, in short; null: nothing
 * @param failure whose failure that was; null: nothing failed, or nobody said so
 */
public record Transition(Cause cause, @Nullable String who, @Nullable String detail, @Nullable Kind failure) {

    Transition(Cause cause, @Nullable String who, @Nullable String detail) {
        this(cause, who, detail, null);
    }

    /** Of a sentence so much is kept: the run itself has all of its last one. */
    private static final int LONGEST = 500;

    /** A session was opened. */
    public static Transition opened(UserId user) {
        return new Transition(Cause.SUBMITTED, user.toString(), null);
    }

    /** A session's time was over, in one sense or another. */
    public static Transition outOfTime(String sentence) {
        return new Transition(Cause.OUT_OF_TIME, null, sentence);
    }

    /** Null if it stands where it stood: a lease that was renewed, a sign of life. */
    public static @Nullable Transition of(RunState before, RunCommand command, RunState after) {
        if (before.getClass() == after.getClass()
                && before.status() == after.status()
                && before.numbers().revision() == after.numbers().revision()) {
            return null;
        }
        return switch (command) {
            case Claim claim -> new Transition(Cause.NAMED, null, null);
            case Submit submit -> new Transition(after instanceof Queued ? Cause.SUBMITTED : Cause.CANCELLED_AHEAD, null, null);
            case Enter enter -> new Transition(after instanceof Driven ? Cause.ENTERED : Cause.CANCELLED_AHEAD, null, null);
            case Exit exit -> new Transition(before instanceof CancelledAhead ? Cause.CANCELLED_AHEAD : Cause.EXITED, null, errorOf(after));
            case Take take -> new Transition(Cause.LEASED, take.worker(), null);
            case Renew renew -> new Transition(Cause.READY, renew.worker(), null);
            case Report report -> reported(report, after);
            case Release release -> release.failure() == null
                    ? new Transition(Cause.GIVEN_BACK, release.worker(), null)
                    : new Transition(Cause.WORKER_FAILED, release.worker(), cut(release.failure()), Kind.INFRASTRUCTURE);
            case Cancel cancel -> new Transition(Cause.CANCEL, cancel.user() == null ? null : cancel.user().toString(), null);
            case Rerun rerun -> new Transition(Cause.RERUN, rerun.user().toString(), null);
            case Sweep sweep -> swept(before, after);
        };
    }

    /**
     * Of a statement that changes such a row, and returns it as {@code moved}: it writes this down as well, so the step costs no statement
     * of its own.
     *
     * @param table of steps: {@code run_transition}, {@code session_transition}
     * @param column whose steps
     */
    public static String insert(String table, String column) {
        return "insert into " + table + " (" + column + ", attempt, status, cause, who, detail, failure)"
                + " select id, attempt, status, :cause, :who, :detail, :failure from moved";
    }

    /** What that statement is given of this. */
    public void addTo(Map<String, @Nullable Object> parameters) {
        parameters.put("cause", cause.wire());
        parameters.put("who", who);
        parameters.put("detail", detail);
        parameters.put("failure", failure == null ? null : failure.wire());
    }

    /** Of an attempt that another one follows, the run itself does not keep how it ended. */
    private static Transition reported(Report report, RunState after) {
        if (after instanceof Finished finished) {
            return new Transition(Cause.REPORTED, report.worker(), errorOf(after), finished.ending().kind());
        }
        var error = report.ending().error();
        return new Transition(Cause.FAILED, report.worker(), error == null ? null : cut(error), report.ending().kind());
    }

    private static Transition swept(RunState before, RunState after) {
        if (before instanceof Held held) {
            var lost = after.numbers().losses() > before.numbers().losses();
            return new Transition(lost ? Cause.WORKER_LOST : Cause.OUT_OF_TIME, held.worker(), errorOf(after), kindOf(lost, after));
        }
        if (before instanceof Queued) {
            return new Transition(Cause.OUT_OF_TIME, null, errorOf(after), kindOf(false, after));
        }
        var restored = before instanceof Driven driven && after.equals(driven.before());
        return new Transition(restored ? Cause.RESTORED : Cause.ABANDONED, null, null);
    }

    private static @Nullable Kind kindOf(boolean lost, RunState after) {
        return after instanceof Finished finished ? finished.ending().kind() : lost ? Kind.INFRASTRUCTURE : null;
    }

    private static @Nullable String errorOf(RunState after) {
        return after instanceof Finished finished && finished.ending().error() != null ? cut(finished.ending().error()) : null;
    }

    private static String cut(String text) {
        if (text.length() <= LONGEST) {
            return text;
        }
        var end = Character.isHighSurrogate(text.charAt(LONGEST - 1)) ? LONGEST - 1 : LONGEST;
        return text.substring(0, end) + "…";
    }
}
