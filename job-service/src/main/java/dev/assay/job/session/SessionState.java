// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.session;

import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where a session stands. {@link SessionRules} is the only place that moves one. */
sealed interface SessionState {

    /** What is kept of the session, whatever becomes of it. */
    Life life();

    /** What a reader is shown. */
    String text();

    /**
     * @param fence the number of the latest lease: it only grows, and is called the attempt on the wire
     * @param losses how many workers were lost over the session before its sandbox served; a lease that was given back is none
     * @param seen when somebody of the team last had a tunnel, or asked for one; null: nobody ever came
     */
    record Life(int fence, int losses, Instant opened, @Nullable Instant seen) {

        Life leased() {
            return new Life(fence + 1, losses, opened, seen);
        }

        Life lost() {
            return new Life(fence, losses + 1, opened, seen);
        }

        /** Messages may overtake each other: a sign of life is never taken back. */
        Life seenAt(Instant now) {
            return seen != null && seen.isAfter(now) ? this : new Life(fence, losses, opened, now);
        }
    }

    /** It waits for a worker. */
    record Queued(Life life) implements SessionState {
        @Override
        public String text() {
            return "queued";
        }
    }

    /**
     * A worker has it. The fence is its token: nothing that another attempt says counts.
     *
     * @param ask the question that this lease answered; null: one that is not asked again
     * @param expires the lease may be taken away from then on, unless it is renewed before somebody does
     * @param tunnels how many were open as of the last renewal
     * @param address where the worker is found once the sandbox serves; null: it does not yet
     */
    record Held(Life life, String worker, @Nullable UUID ask, Instant expires, int tunnels, @Nullable String address)
            implements SessionState {
        @Override
        public String text() {
            return address == null ? "starting" : "ready";
        }
    }

    /**
     * Its sandbox is gone, or about to go.
     *
     * @param error one sentence for people; null: its team wished it so
     */
    record Ended(Life life, Cause cause, @Nullable String error, Instant at) implements SessionState {
        @Override
        public String text() {
            return "ended";
        }
    }

    /** Why a session ended. */
    enum Cause {
        /** Its team ended it. */
        DELETED,
        /** Its last tunnel was gone for too long. */
        IDLE,
        /** Nobody ever came. */
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
