// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.job.run.RunCommand.Cancel;
import dev.assay.job.run.RunCommand.Claim;
import dev.assay.job.run.RunCommand.Enter;
import dev.assay.job.run.RunCommand.Exit;
import dev.assay.job.run.RunCommand.Renew;
import dev.assay.job.run.RunCommand.Report;
import dev.assay.job.run.RunCommand.Submit;
import dev.assay.job.run.RunCommand.Sweep;
import dev.assay.job.run.RunCommand.Take;
import dev.assay.job.run.RunState.CancelledAhead;
import dev.assay.job.run.RunState.Driven;
import dev.assay.job.run.RunState.EndedBy;
import dev.assay.job.run.RunState.Finished;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.RunState.Named;
import dev.assay.job.run.RunState.Phase;
import dev.assay.job.run.RunState.Queued;
import dev.assay.job.run.RunState.Unknown;
import java.time.Duration;
import java.time.Instant;

/**
 * The life of a run, without clock or database: state and command in, next state and answer out.
 *
 * @param ttl how long a lease holds without a renewal
 * @param maxAttempts how many workers may be lost over one run
 * @param deadlineGrace how much longer than its deadline an attempt may take to tell its own end
 * @param silence after which a run that a client drives counts as abandoned
 */
public record RunRules(Duration ttl, int maxAttempts, Duration deadlineGrace, Duration silence) {

    public Decision decide(RunState state, RunCommand command, Instant now) {
        return switch (command) {
            case Claim claim -> claim(state, now);
            case Submit submit -> submit(state);
            case Enter enter -> enter(state, now);
            case Exit exit -> exit(state, exit.ending());
            case Take take -> take(state, take, now);
            case Renew renew -> renew(state, renew, now);
            case Report report -> report(state, report);
            case Cancel cancel -> cancel(state);
            case Sweep sweep -> sweep(state, now);
        };
    }

    private static Decision claim(RunState state, Instant now) {
        return state instanceof Unknown ? Decision.done(new Named(now)) : Decision.nothingToDo(state);
    }

    private static Decision submit(RunState state) {
        return switch (state) {
            case Unknown unknown -> Decision.done(new Queued(0));
            case Named named -> Decision.done(new Queued(0));
            case CancelledAhead ahead -> Decision.done(cancelledUnseen());
            case Driven driven -> Decision.refused(state);
            case Finished finished when finished.by() == EndedBy.CLIENT || finished.by() == EndedBy.SILENCE -> Decision.refused(state);
            case Queued queued -> Decision.nothingToDo(state);
            case Held held -> Decision.nothingToDo(state);
            case Finished finished -> Decision.nothingToDo(state);
        };
    }

    private static Decision enter(RunState state, Instant now) {
        return switch (state) {
            case Unknown unknown -> Decision.done(new Driven(now, 0));
            case Named named -> Decision.done(new Driven(now, 0));
            case CancelledAhead ahead -> Decision.done(cancelledUnseen());
            case Driven driven -> Decision.done(new Driven(now, driven.revision()));
            case Queued queued -> Decision.nothingToDo(state);
            case Held held -> Decision.nothingToDo(state);
            // seeded recorders enter the same run again on purpose; a cancelled one stays cancelled
            case Finished finished when reopens(finished) -> Decision.done(new Driven(now, finished.revision()));
            case Finished finished -> Decision.nothingToDo(state);
        };
    }

    private static boolean reopens(Finished finished) {
        return finished.status() != RunStatus.CANCELLED && (finished.by() == EndedBy.CLIENT || finished.by() == EndedBy.SILENCE);
    }

    private static Decision exit(RunState state, Ending ending) {
        return switch (state) {
            case Unknown unknown -> Decision.done(told(ending, 0));
            case Named named -> Decision.done(told(ending, 0));
            case CancelledAhead ahead -> Decision.done(cancelledUnseen());
            case Driven driven -> Decision.done(told(ending, driven.revision()));
            case Queued queued -> Decision.refused(state);
            case Held held -> Decision.refused(state);
            case Finished finished when finished.by() == EndedBy.SILENCE -> Decision.done(told(ending, finished.revision()));
            case Finished finished when finished.by() == EndedBy.CLIENT -> Decision.nothingToDo(state);
            case Finished finished -> Decision.refused(state);
        };
    }

    private Decision take(RunState state, Take take, Instant now) {
        return state instanceof Queued queued
                ? Decision.done(new Held(
                        queued.lostAttempts() + 1, take.worker(), now.plus(ttl), now.plus(take.timeout()), Phase.INITIALIZING, false))
                : Decision.refused(state);
    }

    /** A lease that has run out but that nobody has taken away is renewed like any other: its attempt is still the only one. */
    private Decision renew(RunState state, Renew renew, Instant now) {
        if (!(state instanceof Held held) || !isHeldBy(held, renew.worker(), renew.attempt()) || isOverdue(held, now)) {
            return Decision.refused(state);
        }
        var phase = held.phase() == Phase.RUNNING ? Phase.RUNNING : renew.phase();
        return Decision.done(new Held(held.attempt(), held.worker(), now.plus(ttl), held.deadline(), phase, held.cancelling()));
    }

    private static Decision report(RunState state, Report report) {
        return switch (state) {
            case Held held when isHeldBy(held, report.worker(), report.attempt()) ->
                Decision.done(new Finished(
                        held.cancelling() && !isGradedEnd(report.ending()) ? Ending.CANCELLED : report.ending(),
                        EndedBy.WORKER,
                        held.attempt(),
                        held.worker(),
                        1));
            case Finished finished
            when finished.by() == EndedBy.WORKER
                    && finished.attempt() == report.attempt()
                    && report.worker().equals(finished.worker()) -> Decision.nothingToDo(state);
            case Unknown unknown -> Decision.refused(state);
            case Named named -> Decision.refused(state);
            case CancelledAhead ahead -> Decision.refused(state);
            case Queued queued -> Decision.refused(state);
            case Held held -> Decision.refused(state);
            case Driven driven -> Decision.refused(state);
            case Finished finished -> Decision.refused(state);
        };
    }

    /** Of a run that was done before it heard of its cancellation, the grade is kept. */
    private static boolean isGradedEnd(Ending ending) {
        return ending.status() == RunStatus.COMPLETED && ending.reward() != null;
    }

    private static Decision cancel(RunState state) {
        return switch (state) {
            case Unknown unknown -> new Decision(new CancelledAhead(), Decision.Answer.NOTHING_TO_DO);
            case Queued queued -> Decision.done(new Finished(Ending.CANCELLED, EndedBy.PLATFORM, queued.lostAttempts(), null, 1));
            case Held held when !held.cancelling() ->
                Decision.done(new Held(held.attempt(), held.worker(), held.expires(), held.deadline(), held.phase(), true));
            case Held held -> Decision.nothingToDo(state);
            // only its client can stop what a client drives
            case Named named -> Decision.nothingToDo(state);
            case Driven driven -> Decision.nothingToDo(state);
            case CancelledAhead ahead -> Decision.nothingToDo(state);
            case Finished finished -> Decision.nothingToDo(state);
        };
    }

    private Decision sweep(RunState state, Instant now) {
        return switch (state) {
            case Held held when isOverdue(held, now) ->
                Decision.done(new Finished(
                        held.cancelling() ? Ending.CANCELLED : Ending.failed("[timeout] the run took longer than it may", "timeout"),
                        EndedBy.PLATFORM,
                        held.attempt(),
                        null,
                        1));
            case Held held when !now.isBefore(held.expires()) -> Decision.done(afterLoss(held));
            case Driven driven when isSilent(driven.lastActivity(), now) -> Decision.done(abandoned(driven.revision()));
            case Named named when isSilent(named.lastActivity(), now) -> Decision.done(abandoned(0));
            case Unknown unknown -> Decision.nothingToDo(state);
            case Named named -> Decision.nothingToDo(state);
            case CancelledAhead ahead -> Decision.nothingToDo(state);
            case Queued queued -> Decision.nothingToDo(state);
            case Held held -> Decision.nothingToDo(state);
            case Driven driven -> Decision.nothingToDo(state);
            case Finished finished -> Decision.nothingToDo(state);
        };
    }

    private RunState afterLoss(Held held) {
        if (held.cancelling()) {
            return new Finished(Ending.CANCELLED, EndedBy.PLATFORM, held.attempt(), null, 1);
        }
        if (held.attempt() < maxAttempts) {
            return new Queued(held.attempt());
        }
        var times = held.attempt() == 1 ? "once" : held.attempt() + " times";
        return new Finished(
                Ending.failed("[provisioning] the worker was lost " + times, null), EndedBy.PLATFORM, held.attempt(), null, 1);
    }

    private boolean isOverdue(Held held, Instant now) {
        return !now.isBefore(held.deadline().plus(deadlineGrace));
    }

    private boolean isSilent(Instant lastActivity, Instant now) {
        return !now.isBefore(lastActivity.plus(silence));
    }

    private static boolean isHeldBy(Held held, String worker, int attempt) {
        return held.attempt() == attempt && held.worker().equals(worker);
    }

    private static Finished cancelledUnseen() {
        return new Finished(Ending.CANCELLED, EndedBy.PLATFORM, 0, null, 1);
    }

    private static Finished told(Ending ending, int revision) {
        return new Finished(ending, EndedBy.CLIENT, 0, null, revision + 1);
    }

    private static Finished abandoned(int revision) {
        return new Finished(Ending.failed("abandoned", null), EndedBy.SILENCE, 0, null, revision + 1);
    }
}
