// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.job.session.SessionCommand.Delete;
import dev.assay.job.session.SessionCommand.Fail;
import dev.assay.job.session.SessionCommand.Knock;
import dev.assay.job.session.SessionCommand.Ready;
import dev.assay.job.session.SessionCommand.Release;
import dev.assay.job.session.SessionCommand.Renew;
import dev.assay.job.session.SessionCommand.Sweep;
import dev.assay.job.session.SessionCommand.Take;
import dev.assay.job.session.SessionState.Cause;
import dev.assay.job.session.SessionState.Ended;
import dev.assay.job.session.SessionState.Held;
import dev.assay.job.session.SessionState.Life;
import dev.assay.job.session.SessionState.Queued;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The life of a session, without clock or database: state and command in, next state and answer out.
 *
 * @param ttl how long a lease holds without a renewal
 * @param maxLosses how many workers may be lost over one session
 * @param idle how long a session that serves is kept after its last tunnel, or after somebody knocked
 * @param unused how long one is kept to which nobody ever came, or nobody any more while it did not serve yet
 * @param longest how long one is kept, whoever uses it
 */
record SessionRules(Duration ttl, int maxLosses, Duration idle, Duration unused, Duration longest) {

    SessionDecision decide(SessionState state, SessionCommand command, Instant now) {
        return switch (command) {
            case Take take -> take(state, take, now);
            case Renew renew -> renew(state, renew, now);
            case Ready ready -> ready(state, ready, now);
            case Fail fail -> fail(state, fail, now);
            case Release release -> release(state, release, now);
            case Knock knock -> knock(state, now);
            case Delete delete -> delete(state, now);
            case Sweep sweep -> sweep(state, now);
        };
    }

    /** When a sweep next has something to do, if nothing happens before; null: never. */
    @Nullable Instant due(SessionState state) {
        return switch (state) {
            case Queued queued -> earliest(lifetime(queued.life()), patience(queued));
            case Held held when held.tunnels() > 0 -> earliest(lifetime(held.life()), held.expires());
            case Held held -> earliest(lifetime(held.life()), held.expires(), patience(held));
            case Ended ended -> null;
        };
    }

    private SessionDecision take(SessionState state, Take take, Instant now) {
        return state instanceof Queued queued
                ? SessionDecision.done(new Held(queued.life().leased(), take.worker(), take.ask(), now.plus(ttl), 0, null))
                : SessionDecision.refused(state);
    }

    /** A lease that has run out but that nobody has taken away is renewed like any other: its attempt is still the only one. */
    private SessionDecision renew(SessionState state, Renew renew, Instant now) {
        if (!(state instanceof Held held) || !isHeldBy(held, renew.worker(), renew.attempt())) {
            return SessionDecision.refused(state);
        }
        var used = renew.tunnels() > 0 || held.tunnels() > 0;
        var life = used ? held.life().seenAt(now) : held.life();
        var expires = now.plus(ttl).isAfter(held.expires()) ? now.plus(ttl) : held.expires();
        return SessionDecision.done(new Held(life, held.worker(), held.ask(), expires, renew.tunnels(), held.address()));
    }

    /** Whoever knocked while it started, however long that took, has the same time to come in as one who left has to come again. */
    private static SessionDecision ready(SessionState state, Ready ready, Instant now) {
        if (!(state instanceof Held held) || !isHeldBy(held, ready.worker(), ready.attempt())) {
            return SessionDecision.refused(state);
        }
        var life = held.address() == null && held.life().seen() != null ? held.life().seenAt(now) : held.life();
        return SessionDecision.done(new Held(life, held.worker(), held.ask(), held.expires(), held.tunnels(), ready.address()));
    }

    private static SessionDecision fail(SessionState state, Fail fail, Instant now) {
        if (state instanceof Held held && isHeldBy(held, fail.worker(), fail.attempt())) {
            return SessionDecision.done(new Ended(held.life(), Cause.ENVIRONMENT, fail.error(), now));
        }
        return isRepeat(state, fail.attempt()) ? SessionDecision.nothingToDo(state) : SessionDecision.refused(state);
    }

    private SessionDecision release(SessionState state, Release release, Instant now) {
        if (state instanceof Held held && isHeldBy(held, release.worker(), release.attempt())) {
            return SessionDecision.done(release.failure() == null
                    ? withoutItsWorker(held, held.life(), "Its worker was stopped.", now)
                    : withoutItsWorker(held, held.life().lost(), "Its worker failed: " + release.failure(), now));
        }
        return isRepeat(state, release.attempt()) ? SessionDecision.nothingToDo(state) : SessionDecision.refused(state);
    }

    /** What had not begun to serve starts elsewhere; what somebody may have used already is gone with its worker. */
    private SessionState withoutItsWorker(Held held, Life life, String why, Instant now) {
        return held.address() == null && life.losses() < maxLosses ? new Queued(life) : new Ended(life, Cause.WORKER, why, now);
    }

    private static SessionDecision knock(SessionState state, Instant now) {
        return switch (state) {
            case Queued queued -> SessionDecision.done(new Queued(queued.life().seenAt(now)));
            case Held held ->
                SessionDecision.done(new Held(
                        held.life().seenAt(now), held.worker(), held.ask(), held.expires(), held.tunnels(), held.address()));
            case Ended ended -> SessionDecision.nothingToDo(state);
        };
    }

    private static SessionDecision delete(SessionState state, Instant now) {
        return state instanceof Ended
                ? SessionDecision.nothingToDo(state)
                : SessionDecision.done(new Ended(state.life(), Cause.DELETED, null, now));
    }

    private SessionDecision sweep(SessionState state, Instant now) {
        var due = due(state);
        if (due == null || now.isBefore(due)) {
            return SessionDecision.nothingToDo(state);
        }
        var life = state.life();
        if (!now.isBefore(lifetime(life))) {
            return SessionDecision.done(new Ended(life, Cause.LIFETIME, "It was open for " + words(longest) + ".", now));
        }
        if (state instanceof Held held && !now.isBefore(held.expires())) {
            return SessionDecision.done(withoutItsWorker(held, life.lost(), "Its worker was lost.", now));
        }
        return SessionDecision.done(life.seen() == null || !serves(state)
                ? new Ended(life, Cause.UNUSED, "Nobody connected to it within " + words(unused) + ".", now)
                : new Ended(life, Cause.IDLE, "Nobody was connected to it any more for " + words(idle) + ".", now));
    }

    private Instant lifetime(Life life) {
        return life.opened().plus(longest);
    }

    /** To one that does not serve yet nobody can be connected: a cold start may be longer than what {@link #idle} allows. */
    private Instant patience(SessionState state) {
        var seen = state.life().seen();
        if (seen == null) {
            return state.life().opened().plus(unused);
        }
        return seen.plus(serves(state) ? idle : unused);
    }

    private static boolean serves(SessionState state) {
        return state instanceof Held held && held.address() != null;
    }

    private static Instant earliest(Instant... times) {
        return Stream.of(times).min(Instant::compareTo).orElseThrow();
    }

    private static boolean isHeldBy(Held held, String worker, int attempt) {
        return held.life().fence() == attempt && held.worker().equals(worker);
    }

    /** The attempt was the last, and holds it no more: it says again what was heard, or something that does not matter now. */
    private static boolean isRepeat(SessionState state, int attempt) {
        return !(state instanceof Held) && state.life().fence() == attempt;
    }

    private static String words(Duration time) {
        return time.toSeconds() + " s";
    }
}
