// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import dev.assay.contracts.Failure.Kind;
import dev.assay.job.run.RunState;
import dev.assay.job.run.RunState.Finished;
import dev.assay.job.run.RunState.Held;
import dev.assay.job.run.RunState.Queued;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a session stands: where a run would stand that somebody else's agent drives, and who has come to it. {@link SessionRules} is the only place
 * that moves one.
 *
 * @param lease queued, held or finished, as a run is
 * @param seen when somebody of the team last had a tunnel, or asked for one; null: nobody ever came
 * @param tunnels how many were open as of the last renewal
 * @param address where the worker that holds it is found once the sandbox serves; null: it does not
 * @param end why it has ended; whoever holds it yet is clearing up. Null: it has not
 */
record SessionState(
        RunState lease, Instant opened, @Nullable Instant seen, int tunnels, @Nullable String address, @Nullable End end) {

    /**
     * @param error one sentence for people; null: its team wished it so
     */
    record End(Cause cause, @Nullable String error, Instant at) {

        static End of(Finished finished) {
            var ending = finished.ending();
            var worker = ending.kind() == Kind.INFRASTRUCTURE && ending.stopReason() == null;
            return new End(worker ? Cause.WORKER : Cause.ENVIRONMENT, ending.error(), finished.at());
        }
    }

    static SessionState openedAt(Instant now) {
        return new SessionState(new Queued(new RunState.Numbers(0, 0, 0)), now, null, 0, null, null);
    }

    /** What a reader is shown. */
    String text() {
        if (end != null) {
            return "ended";
        }
        return lease instanceof Queued ? "queued" : address == null ? "starting" : "ready";
    }

    /** Who has no lease has no tunnels and is nowhere. Where that has ended for good, so has the session. */
    SessionState with(RunState next) {
        var held = next instanceof Held;
        return new SessionState(
                next, opened, seen, held ? tunnels : 0, held ? address : null, end == null && next instanceof Finished over ? End.of(over) : end);
    }

    /** Messages may overtake each other: a sign of life is never taken back. */
    SessionState seenAt(Instant now) {
        return seen != null && seen.isAfter(now) ? this : new SessionState(lease, opened, now, tunnels, address, end);
    }

    SessionState withTunnels(int open) {
        return new SessionState(lease, opened, seen, open, address, end);
    }

    SessionState servingAt(String place) {
        return new SessionState(lease, opened, seen, tunnels, place, end);
    }

    SessionState ended(End with) {
        return new SessionState(lease, opened, seen, tunnels, address, with);
    }

    /** Why a session ended. */
    enum Cause {
        /** Its team ended it. */
        DELETED,
        /** Its last tunnel was gone for too long. */
        IDLE,
        /** Nobody ever came, or no worker had room for it. */
        UNUSED,
        /** It was open for as long as a session may be. */
        LIFETIME,
        /** The environment could not be started, or ended. */
        ENVIRONMENT,
        /** Its worker was stopped, failed, or was lost. */
        WORKER;

        static Cause of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
