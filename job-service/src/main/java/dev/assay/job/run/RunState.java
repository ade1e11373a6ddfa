// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Where a run stands. Two kinds of run share these states: one that the platform drives (queued, held by a worker, finished) and one that a
 * client drives and only reports (driven, finished). {@link RunRules} is the only place that moves a run from one to another.
 */
public sealed interface RunState {

    /** What a reader is shown. */
    RunStatus status();

    /** What is counted of the run, whatever becomes of it. */
    Numbers numbers();

    /**
     * Numbers that a run keeps through all its states, also when it is queued again after it has ended.
     *
     * @param fence the number of the latest lease: it only grows, and is called the attempt wherever people read it
     * @param losses how many attempts have failed since the run was queued, because their worker was lost or otherwise; a lease that was
     *     given back is none
     * @param revision how many ends have been told: the greatest is the one that holds
     */
    record Numbers(int fence, int losses, int revision) {

        static final Numbers NONE = new Numbers(0, 0, 0);

        Numbers leased() {
            return new Numbers(fence + 1, losses, revision);
        }

        Numbers lost() {
            return new Numbers(fence, losses + 1, revision);
        }

        Numbers again() {
            return new Numbers(fence, 0, revision);
        }

        Numbers ended() {
            return new Numbers(fence, losses, revision + 1);
        }
    }

    /** Nobody has spoken of this run. Never stored. */
    record Unknown() implements RunState {
        @Override
        public Numbers numbers() {
            return Numbers.NONE;
        }

        @Override
        public RunStatus status() {
            return RunStatus.QUEUED;
        }
    }

    /** Its owner is known, because its spans came first; who drives it is not. */
    record Named(Instant lastActivity) implements RunState {
        @Override
        public Numbers numbers() {
            return Numbers.NONE;
        }

        @Override
        public RunStatus status() {
            return RunStatus.RUNNING;
        }
    }

    /** A cancellation overtook the submission that it was meant for. */
    record CancelledAhead() implements RunState {
        @Override
        public Numbers numbers() {
            return Numbers.NONE;
        }

        @Override
        public RunStatus status() {
            return RunStatus.CANCELLED;
        }
    }

    /**
     * Waits for a worker.
     *
     * @param notBefore none gets it earlier: an attempt has failed; null: whenever one asks
     * @param endsBy when the time for the whole rollout is over; null: it may wait for as long as it likes
     */
    record Queued(Numbers numbers, @Nullable Instant notBefore, @Nullable Instant endsBy) implements RunState {

        public Queued(Numbers numbers) {
            this(numbers, null);
        }

        public Queued(Numbers numbers, @Nullable Instant notBefore) {
            this(numbers, notBefore, null);
        }

        @Override
        public RunStatus status() {
            return RunStatus.QUEUED;
        }
    }

    /**
     * A worker has it. The fence is its token: nothing that another attempt says counts.
     *
     * @param ask the question that this lease answered; null: one that is not asked again
     * @param expires the lease may be taken away from then on, unless it is renewed before somebody does
     * @param deadline the environment must answer by then, and once it has, the whole attempt ends then, however alive its worker is: the
     *     one that all go by, and that people are shown
     */
    record Held(
            Numbers numbers, String worker, @Nullable UUID ask, Instant expires, Instant deadline, Terms terms, Phase phase,
            boolean cancelling)
            implements RunState {

        @Override
        public RunStatus status() {
            if (cancelling) {
                return RunStatus.CANCELLING;
            }
            return phase == Phase.RUNNING ? RunStatus.RUNNING : RunStatus.INITIALIZING;
        }
    }

    /**
     * A client has it and will tell how it ended, or fall silent.
     *
     * @param before how it had ended when its client entered it again; null: it had not
     */
    record Driven(Numbers numbers, Instant lastActivity, @Nullable Finished before) implements RunState {
        @Override
        public RunStatus status() {
            return RunStatus.RUNNING;
        }
    }

    /**
     * Over.
     *
     * @param worker whose word it was, so that a repeat of the same word is known as one
     * @param at when it ended
     */
    record Finished(Numbers numbers, Ending ending, EndedBy by, @Nullable String worker, Instant at) implements RunState {
        @Override
        public RunStatus status() {
            return ending.status();
        }
    }

    /**
     * What was asked for as to its attempts.
     *
     * @param timeout how long one may take from when its environment answers
     * @param retries which failures are followed by another one
     * @param endsBy when the time for all of them together is over, that in the queue included; null: there is no such limit
     */
    record Terms(Duration timeout, Retries retries, @Nullable Instant endsBy) {

        public Terms(Duration timeout, Retries retries) {
            this(timeout, retries, null);
        }

        public static Terms read(ResultSet row) throws SQLException {
            return new Terms(Duration.ofMillis(row.getLong("timeout_millis")), Retries.read(row.getString("retry")));
        }

        Terms endingBy(@Nullable Instant time) {
            return new Terms(timeout, retries, time);
        }

        /** What a phase may last until, if it may last until then by itself. */
        Instant within(Instant time) {
            return endsBy != null && endsBy.isBefore(time) ? endsBy : time;
        }
    }

    /** How far an attempt is. */
    enum Phase {
        /** The environment has not answered yet. */
        INITIALIZING,
        /** The environment is up. */
        RUNNING
    }

    /** Whose word ended a run. */
    enum EndedBy {
        /** The worker that held it. */
        WORKER,
        /** The client that drove it. */
        CLIENT,
        /** This service: cancelled in the queue, workers lost, out of time. */
        PLATFORM,
        /** Nobody's: its client fell silent. A late word of the client's overrides it. */
        SILENCE
    }
}
