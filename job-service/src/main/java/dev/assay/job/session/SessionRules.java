// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.contracts.Failure;
import dev.assay.contracts.Failure.Kind;
import dev.assay.job.run.Decision.Answer;
import dev.assay.job.run.Ending;
import dev.assay.job.run.Retries;
import dev.assay.job.run.RunCommand;
import dev.assay.job.run.RunRules;
import dev.assay.job.run.RunState.Finished;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.RunState.Phase;
import dev.assay.job.run.RunState.Queued;
import dev.assay.job.run.RunState.Terms;
import dev.assay.job.run.Transition;
import dev.assay.job.session.SessionCommand.Delete;
import dev.assay.job.session.SessionCommand.Fail;
import dev.assay.job.session.SessionCommand.Knock;
import dev.assay.job.session.SessionCommand.Ready;
import dev.assay.job.session.SessionCommand.Release;
import dev.assay.job.session.SessionCommand.Renew;
import dev.assay.job.session.SessionCommand.Sweep;
import dev.assay.job.session.SessionCommand.Take;
import dev.assay.job.session.SessionState.Cause;
import dev.assay.job.session.SessionState.End;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The life of a session, without clock or database: state and command in, next state and answer out. Who holds it, for how long, and whether
 * another worker follows one that was lost is for the rules of runs to say. What is a session's alone is that people come to it and leave.
 *
 * @param leases the rules of runs
 * @param idle how long a session that serves is kept after its last tunnel, or after somebody knocked
 * @param unused how long one is kept to which nobody ever came, or nobody any more while it did not serve yet
 * @param longest how long one is kept, whoever uses it
 */
record SessionRules(RunRules leases, Duration idle, Duration unused, Duration longest) {

    /** Where somebody may have been, nobody is sent to another sandbox. */
    private static final Retries ONLY_HERE = new Retries(Map.of(Kind.INFRASTRUCTURE, 0));

    SessionDecision decide(SessionState state, SessionCommand command, Instant now) {
        return switch (command) {
            case Take take -> lease(state, new RunCommand.Take(take.worker(), take.ask(), new Terms(longest, Retries.USUAL)), now);
            case Renew renew -> renew(state, renew, now);
            case Ready ready -> ready(state, ready, now);
            case Fail fail -> lease(state, new RunCommand.Report(fail.worker(), fail.attempt(), Ending.failed(fail.failure(), null)), now);
            case Release release -> release(state, release, now);
            case Knock knock when state.end() != null -> new SessionDecision(state, Answer.NOTHING_TO_DO);
            case Knock knock -> new SessionDecision(state.seenAt(now), Answer.DONE);
            case Delete delete -> end(state, new End(Cause.DELETED, null, now), new RunCommand.Cancel(delete.user()), now);
            case Sweep sweep -> sweep(state, now);
        };
    }

    /** When a sweep next has something to do, if nothing happens before; null: never. */
    @Nullable Instant due(SessionState state) {
        if (state.lease() instanceof Finished) {
            return null;
        }
        var lease = state.lease() instanceof Held held ? earliest(held.expires(), held.deadline().plus(leases.deadlineGrace())) : Instant.MAX;
        if (state.end() != null) {
            return lease;
        }
        return state.tunnels() > 0 ? earliest(lease, lifetime(state)) : earliest(lease, lifetime(state), patience(state));
    }

    private SessionDecision lease(SessionState state, RunCommand command, Instant now) {
        var decision = leases.decide(state.lease(), command, now);
        var next = decision.next().equals(state.lease()) ? state : state.with(decision.next());
        return new SessionDecision(next, decision.answer(), Transition.of(state.lease(), command, decision.next()));
    }

    private SessionDecision renew(SessionState state, Renew renew, Instant now) {
        var renewed = lease(state, new RunCommand.Renew(renew.worker(), renew.attempt(), Phase.INITIALIZING), now);
        if (renewed.answer() == Answer.REFUSED) {
            return renewed;
        }
        var used = renew.tunnels() > 0 || state.tunnels() > 0;
        var next = renewed.next().withTunnels(renew.tunnels());
        return new SessionDecision(used ? next.seenAt(now) : next, renewed.answer(), renewed.step());
    }

    /** Whoever knocked while it started, however long that took, has the same time to come in as one who left has to come again. */
    private SessionDecision ready(SessionState state, Ready ready, Instant now) {
        var renewed = lease(state, new RunCommand.Renew(ready.worker(), ready.attempt(), Phase.RUNNING), now);
        if (!(renewed.next().lease() instanceof Held held) || renewed.answer() == Answer.REFUSED) {
            return renewed;
        }
        var stays = new Held(
                held.numbers(), held.worker(), held.ask(), held.expires(), held.deadline(), new Terms(longest, ONLY_HERE), held.phase(),
                held.cancelling());
        var next = state.with(stays).servingAt(ready.address());
        return new SessionDecision(state.address() == null && state.seen() != null ? next.seenAt(now) : next, Answer.DONE, renewed.step());
    }

    /** What had not begun to serve starts elsewhere; what somebody may have used already is gone with its worker. */
    private SessionDecision release(SessionState state, Release release, Instant now) {
        if (release.failure() == null && serves(state)) {
            var stopped = new Failure(Kind.INFRASTRUCTURE, null, "the worker was stopped");
            return lease(state, new RunCommand.Report(release.worker(), release.attempt(), Ending.failed(stopped, null)), now);
        }
        return lease(state, new RunCommand.Release(release.worker(), release.attempt(), release.failure()), now);
    }

    /** Whoever holds it hears of it with the next renewal, and gives it back when it has cleared up. */
    private SessionDecision end(SessionState state, End end, RunCommand.Cancel cancel, Instant now) {
        return state.end() != null ? new SessionDecision(state, Answer.NOTHING_TO_DO) : lease(state.ended(end), cancel, now);
    }

    /** The same, where no user wished it so, but a time was over. */
    private SessionDecision end(SessionState state, Cause cause, String sentence, Instant now) {
        var ended = end(state, new End(cause, sentence, now), new RunCommand.Cancel(), now);
        return new SessionDecision(ended.next(), ended.answer(), Transition.outOfTime(sentence));
    }

    private SessionDecision sweep(SessionState state, Instant now) {
        var due = due(state);
        if (due == null || now.isBefore(due)) {
            return new SessionDecision(state, Answer.NOTHING_TO_DO);
        }
        if (state.end() == null && !now.isBefore(lifetime(state))) {
            return end(state, Cause.LIFETIME, "It was open for " + words(longest) + ".", now);
        }
        var swept = lease(state, new RunCommand.Sweep(), now);
        if (swept.answer() == Answer.DONE) {
            return swept;
        }
        if (state.lease() instanceof Queued) {
            return end(state, Cause.UNUSED, "No worker had room for it within " + words(unused) + ".", now);
        }
        return state.seen() == null || !serves(state)
                ? end(state, Cause.UNUSED, "Nobody connected to it within " + words(unused) + ".", now)
                : end(state, Cause.IDLE, "Nobody was connected to it any more for " + words(idle) + ".", now);
    }

    private Instant lifetime(SessionState state) {
        return state.opened().plus(longest);
    }

    /** To one that does not serve yet nobody can be connected: a cold start may be longer than what {@link #idle} allows. */
    private Instant patience(SessionState state) {
        var seen = state.seen();
        if (seen == null) {
            return state.opened().plus(unused);
        }
        return seen.plus(serves(state) ? idle : unused);
    }

    private static boolean serves(SessionState state) {
        return state.address() != null;
    }

    private static Instant earliest(Instant... times) {
        return Stream.of(times).min(Instant::compareTo).orElseThrow();
    }

    private static String words(Duration time) {
        return time.toSeconds() + " s";
    }
}
