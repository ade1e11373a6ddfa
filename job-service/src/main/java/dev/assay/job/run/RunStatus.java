// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import java.util.Locale;

/** What a reader sees of a run's state. The names, in lower case, are the wire's. */
public enum RunStatus {
    /** Waits for a worker. */
    QUEUED,
    /** A worker has it; the environment has not answered yet. */
    INITIALIZING,
    /** Under way, driven by a worker or by a client. */
    RUNNING,
    /** To be cancelled; the worker that has it has not said yet that it stopped. */
    CANCELLING,
    /** Ended as it should. It may be graded or not. */
    COMPLETED,
    /** Ended by a failure. It may be graded all the same. */
    ERROR,
    /** Ended because somebody asked for it. */
    CANCELLED;

    public boolean isTerminal() {
        return this == COMPLETED || this == ERROR || this == CANCELLED;
    }

    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
