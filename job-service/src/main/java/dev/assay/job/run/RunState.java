// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a run stands. Two kinds of run share these states: one that the platform drives (queued, held by a worker, finished) and one that a
 * client drives and only reports (driven, finished). {@link RunRules} is the only place that moves a run from one to another.
 */
public sealed interface RunState {

    /** What a reader is shown. */
    RunStatus status();

    /** Nobody has spoken of this run. Never stored. */
    record Unknown() implements RunState {
        @Override
        public RunStatus status() {
            return RunStatus.QUEUED;
        }
    }

    /** Its owner is known, because its spans came first; who drives it is not. */
    record Named(Instant lastActivity) implements RunState {
        @Override
        public RunStatus status() {
            return RunStatus.RUNNING;
        }
    }

    /** A cancellation overtook the submission that it was meant for. */
    record CancelledAhead() implements RunState {
        @Override
        public RunStatus status() {
            return RunStatus.CANCELLED;
        }
    }

    /** Waits for a worker; so many attempts have been lost. */
    record Queued(int lostAttempts) implements RunState {
        @Override
        public RunStatus status() {
            return RunStatus.QUEUED;
        }
    }

    /**
     * A worker has it. The attempt is the fencing token: nothing that another attempt says counts.
     *
     * @param expires the lease may be taken away from then on, unless it is renewed before somebody does
     * @param deadline the whole attempt ends then, however alive its worker is
     */
    record Held(int attempt, String worker, Instant expires, Instant deadline, Phase phase, boolean cancelling) implements RunState {
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
     * @param revision how many ends have been told already: a finished run may be entered again
     */
    record Driven(Instant lastActivity, int revision) implements RunState {
        @Override
        public RunStatus status() {
            return RunStatus.RUNNING;
        }
    }

    /**
     * Over.
     *
     * @param attempt the attempt that ended it, or how many there were; 0 for a run that a client drove
     * @param worker whose word it was, so that a repeat of the same word is known as one
     * @param revision 1 for the first end that was told, one more for each correction
     */
    record Finished(Ending ending, EndedBy by, int attempt, @Nullable String worker, int revision) implements RunState {
        @Override
        public RunStatus status() {
            return ending.status();
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
