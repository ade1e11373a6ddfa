// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import dev.assay.contracts.Failure;
import dev.assay.contracts.Failure.Kind;
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
import dev.assay.job.run.RunState.EndedBy;
import dev.assay.job.run.RunState.Finished;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.RunState.Named;
import dev.assay.job.run.RunState.Numbers;
import dev.assay.job.run.RunState.Phase;
import dev.assay.job.run.RunState.Queued;
import dev.assay.job.run.RunState.Unknown;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The life of a run, without clock or database: state and command in, next state and answer out.
 *
 * @param ttl how long a lease holds without a renewal
 * @param retry which failures are followed by another attempt
 * @param preparation how long it may take from the lease until the environment answers
 * @param deadlineGrace how much longer than its deadline an attempt may take to tell its own end
 * @param silence after which a run that a client drives counts as abandoned
 */
public record RunRules(Duration ttl, RetryPolicy retry, Duration preparation, Duration deadlineGrace, Duration silence) {

    public Decision decide(RunState state, RunCommand command, Instant now) {
        return switch (command) {
            case Claim claim -> claim(state, now);
            case Submit submit -> submit(state, submit.cancelled(), now);
            case Enter enter -> enter(state, now);
            case Exit exit -> exit(state, exit.ending(), now);
            case Take take -> take(state, take, now);
            case Renew renew -> renew(state, renew, now);
            case Report report -> report(state, report, now);
            case Release release -> release(state, release, now);
            case Cancel cancel -> cancel(state, now);
            case Rerun rerun -> rerun(state);
            case Sweep sweep -> sweep(state, now);
        };
    }

    private static Decision claim(RunState state, Instant now) {
        return state instanceof Unknown ? Decision.done(new Named(now)) : Decision.nothingToDo(state);
    }

    private static Decision submit(RunState state, boolean cancelled, Instant now) {
        return switch (state) {
            case Unknown unknown -> Decision.done(submitted(cancelled, now));
            case Named named -> Decision.done(submitted(cancelled, now));
            case CancelledAhead ahead -> Decision.done(cancelledUnseen(now));
            case Driven driven -> Decision.refused(state);
            case Finished finished when isClients(finished) -> Decision.refused(state);
            case Queued queued -> Decision.nothingToDo(state);
            case Held held -> Decision.nothingToDo(state);
            case Finished finished -> Decision.nothingToDo(state);
        };
    }

    private static RunState submitted(boolean cancelled, Instant now) {
        return cancelled ? cancelledUnseen(now) : new Queued(Numbers.NONE);
    }

    private static boolean isClients(Finished finished) {
        return finished.by() == EndedBy.CLIENT || finished.by() == EndedBy.SILENCE;
    }

    private static Decision enter(RunState state, Instant now) {
        return switch (state) {
            case Unknown unknown -> Decision.done(new Driven(Numbers.NONE, now, null));
            case Named named -> Decision.done(new Driven(Numbers.NONE, now, null));
            case CancelledAhead ahead -> Decision.done(cancelledUnseen(now));
            case Driven driven -> Decision.done(new Driven(driven.numbers(), now, driven.before()));
            case Queued queued -> Decision.nothingToDo(state);
            case Held held -> Decision.nothingToDo(state);
            // seeded recorders enter the same run again on purpose; a cancelled one stays cancelled
            case Finished finished when isClients(finished) && finished.status() != RunStatus.CANCELLED ->
                Decision.done(new Driven(finished.numbers(), now, finished));
            case Finished finished -> Decision.nothingToDo(state);
        };
    }

    private static Decision exit(RunState state, Ending ending, Instant now) {
        return switch (state) {
            case Unknown unknown -> Decision.done(told(ending, Numbers.NONE, now));
            case Named named -> Decision.done(told(ending, Numbers.NONE, now));
            case CancelledAhead ahead -> Decision.done(cancelledUnseen(now));
            case Driven driven -> Decision.done(told(ending, driven.numbers(), now));
            case Queued queued -> Decision.refused(state);
            case Held held -> Decision.refused(state);
            case Finished finished when finished.by() == EndedBy.SILENCE -> Decision.done(told(ending, finished.numbers(), now));
            case Finished finished when finished.by() == EndedBy.CLIENT -> Decision.nothingToDo(state);
            case Finished finished -> Decision.refused(state);
        };
    }

    private Decision take(RunState state, Take take, Instant now) {
        if (!(state instanceof Queued queued)) {
            return Decision.refused(state);
        }
        var terms = take.terms().endingBy(queued.endsBy());
        return Decision.done(new Held(
                queued.numbers().leased(), take.worker(), take.ask(), now.plus(ttl), terms.within(now.plus(preparation)), terms,
                Phase.INITIALIZING, false));
    }

    /** A lease that has run out but that nobody has taken away is renewed like any other: its attempt is still the only one. */
    private Decision renew(RunState state, Renew renew, Instant now) {
        if (!(state instanceof Held held) || !isHeldBy(held, renew.worker(), renew.attempt()) || isOverdue(held, now)) {
            return Decision.refused(state);
        }
        var begins = held.phase() == Phase.INITIALIZING && renew.phase() == Phase.RUNNING;
        var terms = held.terms();
        var expires = now.plus(ttl).isAfter(held.expires()) ? now.plus(ttl) : held.expires(); // clocks may be set back
        return Decision.done(new Held(
                held.numbers(), held.worker(), held.ask(), expires, begins ? terms.within(now.plus(terms.timeout())) : held.deadline(),
                terms, begins ? Phase.RUNNING : held.phase(), held.cancelling()));
    }

    private Decision report(RunState state, Report report, Instant now) {
        return switch (state) {
            case Held held when isHeldBy(held, report.worker(), report.attempt()) ->
                Decision.done(reported(held, report.ending(), now));
            // a repeat: the attempt has failed, and another one will follow
            case Queued queued
            when queued.notBefore() != null
                    && queued.numbers().fence() == report.attempt()
                    && report.ending().kind() != null
                    && report.ending().reward() == null -> Decision.nothingToDo(state);
            case Finished finished
            when finished.by() == EndedBy.WORKER
                    && finished.numbers().fence() == report.attempt()
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

    private RunState reported(Held held, Ending ending, Instant now) {
        if (held.cancelling() && !isGradedEnd(ending)) {
            return new Finished(held.numbers().ended(), Ending.CANCELLED, EndedBy.WORKER, held.worker(), now);
        }
        return again(held, ending, now).orElseGet(() -> new Finished(held.numbers().ended(), ending, EndedBy.WORKER, held.worker(), now));
    }

    /** The next attempt, if another one follows such an end. What has a grade is over, and what had its time has had it. */
    private Optional<RunState> again(Held held, Ending ending, Instant now) {
        if (ending.kind() == null || ending.reward() != null || ending.status() != RunStatus.ERROR || "timeout".equals(ending.stopReason())) {
            return Optional.empty();
        }
        var numbers = held.numbers().lost();
        var endsBy = held.terms().endsBy();
        return retry.next(ending.kind(), held.terms().retries(), numbers.losses(), now)
                .filter(at -> endsBy == null || at.isBefore(endsBy))
                .map(at -> new Queued(numbers, at, endsBy));
    }

    private Decision release(RunState state, Release release, Instant now) {
        if (state instanceof Held held) {
            return isHeldBy(held, release.worker(), release.attempt())
                    ? Decision.done(givenBack(held, release.failure(), now))
                    : Decision.refused(state);
        }
        // a repeat: the attempt was the last, and holds it no more
        return state.numbers().fence() == release.attempt() ? Decision.nothingToDo(state) : Decision.refused(state);
    }

    private RunState givenBack(Held held, @Nullable String failure, Instant now) {
        if (failure != null) {
            return afterLoss(held, "the worker failed: " + failure, now);
        }
        return held.cancelling() ? cancelled(held.numbers(), now) : new Queued(held.numbers(), null, held.terms().endsBy());
    }

    /** Of a run that was done before it heard of its cancellation, the grade is kept. */
    private static boolean isGradedEnd(Ending ending) {
        return ending.status() == RunStatus.COMPLETED && ending.reward() != null;
    }

    private static Decision cancel(RunState state, Instant now) {
        return switch (state) {
            case Unknown unknown -> new Decision(new CancelledAhead(), Decision.Answer.NOTHING_TO_DO);
            case Queued queued -> Decision.done(cancelled(queued.numbers(), now));
            case Held held when !held.cancelling() ->
                Decision.done(new Held(
                        held.numbers(), held.worker(), held.ask(), held.expires(), held.deadline(), held.terms(), held.phase(), true));
            case Held held -> Decision.nothingToDo(state);
            // only its client can stop what a client drives
            case Named named -> Decision.nothingToDo(state);
            case Driven driven -> Decision.nothingToDo(state);
            case CancelledAhead ahead -> Decision.nothingToDo(state);
            case Finished finished -> Decision.nothingToDo(state);
        };
    }

    /** A fresh chain of attempts: what was lost before counts no more, but the lease's number and the number of ends go on growing. */
    private static Decision rerun(RunState state) {
        return state instanceof Finished finished && !isClients(finished) && !isGradedEnd(finished.ending())
                ? Decision.done(new Queued(finished.numbers().again()))
                : Decision.nothingToDo(state);
    }

    private Decision sweep(RunState state, Instant now) {
        return switch (state) {
            case Held held when isOverdue(held, now) -> Decision.done(afterDeadline(held, now));
            case Held held when !now.isBefore(held.expires()) -> Decision.done(afterLoss(held, "the worker was lost", now));
            // entered again, and nothing followed: the end that was told still stands
            case Driven driven when isSilent(driven.lastActivity(), now) && driven.before() != null -> Decision.done(driven.before());
            case Driven driven when isSilent(driven.lastActivity(), now) -> Decision.done(abandoned(driven.numbers(), now));
            case Named named when isSilent(named.lastActivity(), now) -> Decision.done(abandoned(Numbers.NONE, now));
            case Queued queued when queued.endsBy() != null && !now.isBefore(queued.endsBy()) -> Decision.done(neverGiven(queued, now));
            case Unknown unknown -> Decision.nothingToDo(state);
            case Named named -> Decision.nothingToDo(state);
            case CancelledAhead ahead -> Decision.nothingToDo(state);
            case Queued queued -> Decision.nothingToDo(state);
            case Held held -> Decision.nothingToDo(state);
            case Driven driven -> Decision.nothingToDo(state);
            case Finished finished -> Decision.nothingToDo(state);
        };
    }

    private static RunState afterDeadline(Held held, Instant now) {
        if (held.cancelling()) {
            return cancelled(held.numbers(), now);
        }
        // its worker should have ended it, and said whose the time was
        var late = held.phase() == Phase.RUNNING || held.deadline().equals(held.terms().endsBy())
                ? new Failure(Kind.INFRASTRUCTURE, null, "[timeout] the run took longer than it may")
                : Failure.in(
                        Failure.Phase.PROVISIONING, Kind.INFRASTRUCTURE, "the environment took longer to get ready than it may");
        return new Finished(held.numbers().ended(), Ending.failed(late, "timeout"), EndedBy.PLATFORM, null, now);
    }

    private static RunState neverGiven(Queued queued, Instant now) {
        var late = new Failure(Kind.INFRASTRUCTURE, null, "[timeout] the time for the whole rollout was over while it waited for a worker");
        return new Finished(queued.numbers().ended(), Ending.failed(late, "timeout"), EndedBy.PLATFORM, null, now);
    }

    private RunState afterLoss(Held held, String what, Instant now) {
        var numbers = held.numbers().lost();
        if (held.cancelling()) {
            return cancelled(numbers, now);
        }
        var detail = what + (numbers.losses() == 1 ? "" : " (" + numbers.losses() + " attempts have failed)");
        var ending = Ending.failed(
                held.phase() == Phase.INITIALIZING
                        ? Failure.in(Failure.Phase.PROVISIONING, Kind.INFRASTRUCTURE, detail)
                        : new Failure(Kind.INFRASTRUCTURE, null, detail),
                null);
        return again(held, ending, now)
                .orElseGet(() -> new Finished(numbers.ended(), ending, EndedBy.PLATFORM, null, now));
    }

    private boolean isOverdue(Held held, Instant now) {
        return !now.isBefore(held.deadline().plus(deadlineGrace));
    }

    private boolean isSilent(Instant lastActivity, Instant now) {
        return !now.isBefore(lastActivity.plus(silence));
    }

    private static boolean isHeldBy(Held held, String worker, int attempt) {
        return held.numbers().fence() == attempt && held.worker().equals(worker);
    }

    private static Finished cancelled(Numbers numbers, Instant now) {
        return new Finished(numbers.ended(), Ending.CANCELLED, EndedBy.PLATFORM, null, now);
    }

    private static Finished cancelledUnseen(Instant now) {
        return cancelled(Numbers.NONE, now);
    }

    private static Finished told(Ending ending, Numbers numbers, Instant now) {
        return new Finished(numbers.ended(), ending, EndedBy.CLIENT, null, now);
    }

    private static Finished abandoned(Numbers numbers, Instant now) {
        return new Finished(numbers.ended(), new Ending(RunStatus.ERROR, null, "abandoned", null), EndedBy.SILENCE, null, now);
    }
}
