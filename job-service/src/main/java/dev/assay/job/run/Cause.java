// SPDX-License-Identifier: Apache-2.0

package dev.assay.job.run;

import java.util.Locale;

/** Why a run, or a session, has made a step. The names, in lower case, are the wire's. */
enum Cause {
    /** Its spans came before anybody spoke of it. */
    NAMED(By.CLIENT),
    /** It was submitted. */
    SUBMITTED(By.USER),
    /** Its client began it, or begins it again. */
    ENTERED(By.CLIENT),
    /** A worker has taken it. */
    LEASED(By.WORKER),
    /** Its environment has answered. */
    READY(By.WORKER),
    /** Its worker gave it back. */
    GIVEN_BACK(By.WORKER),
    /** Its attempt has failed, and another one follows. */
    FAILED(By.WORKER),
    /** It was given back, because something went wrong in the worker itself. */
    WORKER_FAILED(By.WORKER),
    /** Its worker was not heard of for too long. */
    WORKER_LOST(By.PLATFORM),
    /** Somebody cancelled it. */
    CANCEL(By.USER),
    /** It, or its job, had been cancelled before it came. */
    CANCELLED_AHEAD(By.PLATFORM),
    /** Its worker told its end. */
    REPORTED(By.WORKER),
    /** Its client told its end. */
    EXITED(By.CLIENT),
    /** It took longer than it may. */
    OUT_OF_TIME(By.PLATFORM),
    /** Its client fell silent. */
    ABANDONED(By.SILENCE),
    /** Its client began it again and fell silent: as it had ended, so it stands. */
    RESTORED(By.SILENCE),
    /** Somebody has it run again. */
    RERUN(By.USER);

    /** Whose word it was. */
    enum By {
        USER,
        WORKER,
        CLIENT,
        PLATFORM,
        SILENCE;

        String wire() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final By by;

    Cause(By by) {
        this.by = by;
    }

    By by() {
        return by;
    }

    String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Cause of(String wire) {
        return valueOf(wire.toUpperCase(Locale.ROOT));
    }
}
